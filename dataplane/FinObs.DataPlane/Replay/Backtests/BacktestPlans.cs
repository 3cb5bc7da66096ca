using System.Text.Json;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Retraining;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>Finds the version, and looks who decided in the window: whether there are few enough decisions, and whether their vectors are what the version reads.</summary>
internal sealed class BacktestPlans(IDatabase database, EngineDirectory engines, ModelLibrary models, IOptions<ReplayOptions> options, IOptions<RetrainingOptions> retraining)
{
    /// <param name="request">Without a problem.</param>
    /// <param name="now">What is now.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<BacktestPlanning> PlanAsync(BacktestRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        BacktestPlan plan = Draft(request, now);
        if (plan.Version is not null)
        {
            BacktestPlanning found = await VersionAsync(plan, request, cancellationToken);
            if (found is not BacktestPlanning.Ready ready)
            {
                return found;
            }

            plan = ready.Plan;
        }

        Dictionary<long, long> counts = await CountAsync(plan, cancellationToken);
        return counts.Values.Sum() > options.Value.MaxBacktestDecisions
            ? new BacktestPlanning.TooMuch($"There are more than {options.Value.MaxBacktestDecisions} decisions in the window (Replay:MaxBacktestDecisions): name a shorter one.")
            : await EnginesAsync(plan, counts, cancellationToken);
    }

    private BacktestPlan Draft(BacktestRequest request, DateTimeOffset now)
    {
        TimeSpan maturity = request.LabelMaturityDays is { } days ? TimeSpan.FromDays(days) : retraining.Value.LabelMaturity;
        return new BacktestPlan
        {
            Namespace = request.Namespace ?? ModelRouter.DefaultNamespace,
            Model = request.Model!,
            Version = request.Version,
            Thresholds = new DecisionThresholds(request.ReviewAt ?? 0, request.BlockAt ?? 0),
            From = request.Since(now),
            To = request.Until(now),
            DecidedBy = request.DecidedBy ?? (request.Version is null ? request.Model : null),
            Maturity = maturity,
            MatureUntil = now - maturity,
            Engines = new HashSet<long>(),
            OtherPopulation = false,
        };
    }

    private async Task<BacktestPlanning> VersionAsync(BacktestPlan plan, BacktestRequest request, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        ModelVersionRow? version = await db.ModelVersions.FirstOrDefaultAsync(row => row.Namespace == plan.Namespace && row.Model == plan.Model && row.Version == plan.Version, cancellationToken);
        if (version is null)
        {
            return new BacktestPlanning.Refused($"There is no version {plan.Model}@{plan.Version} in {plan.Namespace}: GET /v1/models lists them.", IsMissing: true);
        }

        DecisionThresholds own = await db.ModelThresholds.Where(row => row.VersionId == version.Id).Select(row => new DecisionThresholds(row.ReviewAt, row.BlockAt)).FirstOrDefaultAsync(cancellationToken)
            ?? new DecisionThresholds(version.ReviewAt, version.BlockAt);
        return await models.FindAsync(version.Digest, cancellationToken) switch
        {
            null => new BacktestPlanning.Refused($"The artifact {version.Digest} is not here, or is refused (the log says which): upload the same bytes with POST /v1/artifacts, or look at its signature."),
            { Scorer: ForeignModel } => new BacktestPlanning.Refused($"{plan.Model}@{plan.Version} is computed by another server only: nothing here can score with it. Thresholds alone can be tried: leave version out."),
            { Scorer: var scorer } => new BacktestPlanning.Ready(plan with { Scorer = scorer, Thresholds = request.ReviewAt is null ? own : plan.Thresholds }),
        };
    }

    /// <summary>Decisions by engine, at most one more than may be looked at.</summary>
    private async Task<Dictionary<long, long>> CountAsync(BacktestPlan plan, CancellationToken cancellationToken)
    {
        (Guid from, Guid to) = (Partitions.FirstIdAt(plan.From), Partitions.FirstIdAt(plan.To));
        int most = options.Value.MaxBacktestDecisions;
        await using FinObsDbContext db = database.CreateContext();
        return await db.Decisions.Where(row => row.Namespace == plan.Namespace && row.Id >= from && row.Id < to).OrderBy(row => row.Id).Take(most + 1)
            .GroupBy(row => row.EngineId ?? 0).Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
    }

    private async Task<BacktestPlanning> EnginesAsync(BacktestPlan plan, Dictionary<long, long> counts, CancellationToken cancellationToken)
    {
        HashSet<long> compared = [];
        bool otherPopulation = false;
        foreach ((long id, long count) in counts.OrderBy(pair => pair.Key))
        {
            if (await engines.FindAsync(id, cancellationToken) is not { } engine || (plan.DecidedBy is { } only && only != engine.Model && only != engine.ModelVersion))
            {
                continue;
            }

            compared.Add(id);
            if (plan.Scorer is not { } scorer || engine.Digest == scorer.Digest)
            {
                continue;
            }

            FeatureSchema? stored = (await models.FindAsync(engine.Digest, cancellationToken))?.Scorer.Manifest.Features;
            if (Difference(stored, scorer.Manifest.Features) is { } difference)
            {
                return new BacktestPlanning.Refused(
                    $"{count} decisions of the window were made by {engine.ModelVersion}, {difference}: their stored vectors are not what {plan.Model}@{plan.Version} reads. Name other versions' decisions with decided_by, or a window without them.");
            }

            otherPopulation |= !SamePopulation(stored!, scorer.Manifest.Features);
        }

        return new BacktestPlanning.Ready(plan with { Engines = compared, OtherPopulation = otherPopulation });
    }

    /// <summary>Null where the columns are the same.</summary>
    private static string? Difference(FeatureSchema? stored, FeatureSchema wanted) =>
        stored is null ? "whose artifact is not here or is refused"
        : !stored.Names.AsSpan().SequenceEqual(wanted.Names) ? "whose features are others, or in another order"
        : stored.BaseCurrency != wanted.BaseCurrency || stored.TimeZone != wanted.TimeZone ? $"which reckons in {stored.BaseCurrency} and {stored.TimeZone}, not in {wanted.BaseCurrency} and {wanted.TimeZone}"
        : null;

    private static bool SamePopulation(FeatureSchema a, FeatureSchema b) => JsonSerializer.SerializeToUtf8Bytes(a.Population).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b.Population));
}
