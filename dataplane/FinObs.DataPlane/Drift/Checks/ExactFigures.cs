using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>What was found row by row.</summary>
/// <param name="ReferenceRows">Of the sample that the version keeps.</param>
/// <param name="Rows">Stored feature vectors of the window.</param>
/// <param name="Features">In schema order.</param>
internal sealed record ExactReport(int ReferenceRows, int Rows, IReadOnlyList<ExactDrift> Features);

/// <summary>Compares the stored feature vectors of a window with the version's reference sample, without bins between. Costs the rows, so their number has a limit.</summary>
internal sealed class ExactFigures(IDatabase database, WindowLayouts layouts, IOptions<DriftOptions> options)
{
    /// <summary>The figures, or why there are none.</summary>
    public async Task<(ExactReport? Report, string? Problem)> CompareAsync(string @namespace, long versionId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if ((await layouts.OfAsync(versionId, cancellationToken)).Reference is not { } reference)
        {
            return (null, "The version has no reference sample (or its artifact cannot be loaded here): leave out exact=true.");
        }

        int most = options.Value.MostExactRows, features = reference.Features.Length;
        List<float> values = [];
        int rows = 0;
        await foreach (byte[]? vector in VectorsAsync(@namespace, versionId, from, to, cancellationToken))
        {
            if (++rows > most)
            {
                return (null, $"The window from {from:u} to {to:u} has more than {most} feature vectors, and exact=true reads each of them. Ask for fewer hours, leave out exact=true, or set Drift:MostExactRows.");
            }

            float[] row = vector is null ? [] : FeatureBytes.Read(vector);
            values.AddRange(row.Length == features ? row : Enumerable.Repeat(float.NaN, features));
        }

        float[] sample = reference.Sample.ToRows();
        return (new ExactReport(reference.Sample.Rows, rows, [.. reference.Features.Select((feature, f) => Compare(feature, Column(sample, features, f), Column([.. values], features, f)))]), null);
    }

    private static ExactDrift Compare(FeatureReference feature, double[] sample, double[] window) => feature.Categories is { Values.Length: > 0 }
        ? ExactDrift.OfCategories(feature.Name, sample, window)
        : ExactDrift.OfNumbers(feature.Name, sample, window);

    private static double[] Column(float[] rows, int features, int feature)
    {
        double[] column = new double[rows.Length / features];
        for (int i = 0; i < column.Length; i++)
        {
            column[i] = rows[(i * features) + feature];
        }

        return column;
    }

    /// <summary>Ids begin with the time of receipt, so a range of time is a range of keys.</summary>
    private async IAsyncEnumerable<byte[]?> VectorsAsync(
        string @namespace, long versionId, DateTimeOffset from, DateTimeOffset to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (Guid first, Guid end) = (Partitions.FirstIdAt(from), Partitions.FirstIdAt(to));
        await using FinObsDbContext db = database.CreateContext();
        await foreach (byte[]? vector in (
            from decision in db.Decisions
            join engine in db.ScoringEngines on decision.EngineId equals (long?)engine.Id
            where decision.Namespace == @namespace && decision.Id >= first && decision.Id < end && engine.ModelVersionId == versionId
            orderby decision.Id
            select decision.Features).Take(options.Value.MostExactRows + 1).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            yield return vector;
        }
    }
}
