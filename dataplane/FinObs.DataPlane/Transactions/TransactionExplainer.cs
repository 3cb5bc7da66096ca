using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Transactions;

/// <summary>"Why would this have its score?" against the accounts as they stand; nothing is stored and no profile moves.</summary>
internal sealed class TransactionExplainer(ModelRouter router, AccountProfileStore profiles, LedgerUnits units, TimeProvider time) : ITransactionExplainer
{
    public async Task<TransactionExplanations> ExplainAsync(string @namespace, IReadOnlyList<NewTransaction> transactions, CancellationToken ct)
    {
        RoutedModel model = ModelOf(router.Traffic(@namespace), transactions)
            ?? throw new PipelineUnavailableException("There is no usable model to explain with. Register one (Models:Artifact) and try again.");
        string[] accounts = [.. transactions.Select(transaction => transaction.AccountId).OfType<string>().Distinct()];
        Dictionary<string, WorkingProfile> working = await profiles.LoadAsync(@namespace, accounts, ahead: null, ct);
        AccountProfile nobody = new();
        int columns = model.Extractor.Count;
        float[] rows = new float[transactions.Count * columns];
        for (int i = 0; i < transactions.Count; i++)
        {
            TransactionFacts facts = units.FactsOf(ChunkPlan.RowOf(transactions[i], "explain", @namespace, Guid.Empty, time.GetUtcNow()));
            model.Extractor.Extract(facts, transactions[i].AccountId is { } account ? working[account].Profile : nobody, rows.AsSpan(i * columns, columns));
        }

        ScoreExplanation[] explanations = await model.ExplainAsync(rows, transactions.Count, ct)
            ?? throw new PipelineUnavailableException("The server that computes this model does not answer. Try again.");
        TransactionExplanation[] items = [.. explanations.Select((explanation, i) => new TransactionExplanation(rows[(i * columns)..((i + 1) * columns)], explanation))];
        return new TransactionExplanations(model.Identity.ModelVersion, model.Scorer.Manifest.Features.Names, items);
    }

    /// <summary>The version that would decide them all, be it on trial; the stable one where they would be decided by several.</summary>
    internal static RoutedModel? ModelOf(RoutedTraffic traffic, IReadOnlyList<NewTransaction> transactions)
    {
        if (traffic.Shares is not { } shares)
        {
            return traffic.Stable;
        }

        RoutedModel?[] deciding = [.. transactions.Select(transaction => shares.Of(RouteUnits.Of(shares.Unit, transaction.AccountId, transaction.CounterpartyId, transaction.TransactionId))).Distinct().Take(2)];
        return deciding is [{ } one] ? one : traffic.Stable;
    }
}
