using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;

namespace FinObs.DataPlane.Transactions;

/// <summary>Which version decides each row of a chunk. Nearly always one decides them all, and then nothing is looked up.</summary>
internal sealed class RowModels
{
    private readonly byte[]? _of;

    private RowModels(RoutedTraffic traffic, RoutedModel?[] models, byte[]? of) => (Traffic, Models, _of) = (traffic, models, of);

    public RoutedTraffic Traffic { get; }

    /// <summary>The versions that decide; the first is the stable one.</summary>
    public IReadOnlyList<RoutedModel?> Models { get; }

    /// <summary>Null where there is no usable model.</summary>
    public RoutedModel? this[int row] => Models[IndexOf(row)];

    /// <summary>All rows by one version.</summary>
    public static RowModels All(RoutedModel? model) => new(new RoutedTraffic(model), [model], null);

    /// <summary>By account, counterparty or transaction, as the route says; what has no account or counterparty is on its own.</summary>
    public static RowModels Of(RoutedTraffic traffic, IReadOnlyList<FreshTransaction> fresh)
    {
        if (traffic.Shares is not { } shares)
        {
            return new RowModels(traffic, [traffic.Stable], null);
        }

        List<RoutedModel?> models = [traffic.Stable];
        byte[] of = new byte[fresh.Count];
        for (int i = 0; i < of.Length; i++)
        {
            if (shares.Of(RouteUnits.Of(shares.Unit, fresh[i].Row.AccountId, fresh[i].Row.CounterpartyId, fresh[i].Row.TransactionId)) is { } model)
            {
                int index = models.IndexOf(model);
                if (index < 0)
                {
                    index = models.Count;
                    models.Add(model);
                }

                of[i] = (byte)index;
            }
        }

        return new RowModels(traffic, [.. models], models.Count == 1 ? null : of);
    }

    /// <summary>Index in <see cref="Models"/>.</summary>
    public int IndexOf(int row) => _of is null ? 0 : _of[row];

    /// <summary>The rows of each version; null = all.</summary>
    public IEnumerable<(RoutedModel? Model, int[]? Rows)> Groups()
    {
        if (_of is not { } of)
        {
            return [(Models[0], null)];
        }

        return Models.Select((model, index) => (model, (int[]?)[.. Enumerable.Range(0, of.Length).Where(row => of[row] == index)])).Where(group => group.Item2!.Length > 0);
    }
}
