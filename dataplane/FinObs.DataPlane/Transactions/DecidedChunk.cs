using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Transactions;

/// <summary>Everything that one commit makes so.</summary>
internal sealed record DecidedChunk(
    string Namespace,
    ChunkPlan Plan,
    RowModels Models,
    FeatureRows Features,
    ScoredRows Scored,
    RuleFindings? Rules,
    Decided[] Decided,
    Dictionary<string, WorkingProfile> Profiles,
    DateTimeOffset Now)
{
    public TransactionRow Transaction(int index) => Plan.Fresh[index].Row;

    public IdempotencyRow Idempotency(int index) => new()
    {
        Key = Plan.Fresh[index].Key,
        BodyHash = IdempotencyRow.BodyHashOf(Plan.Fresh[index].New.BodyHash),
        TransactionRef = Transaction(index).Id,
    };

    /// <summary>What scored it; null where nothing could.</summary>
    public EngineIdentity? Engine(int index) => Scored.Usable(index) ? Scored.Engine(index) : null;

    /// <summary>The decision of record, before it has a leaf.</summary>
    public DecisionRow Decision(int index)
    {
        Decided decided = Decided[index];
        EngineIdentity? engine = Engine(index);
        return new DecisionRow
        {
            Id = Transaction(index).Id,
            TransactionRef = Transaction(index).Id,
            Namespace = Namespace,
            Decision = decided.Decision,
            Score = engine is null ? null : Scored.Scores[index],
            Margin = engine is null ? null : Scored.Margins[index],
            EngineId = engine?.EngineId,
            Features = (Scored.Model(index) ?? Models[index]) is { } reader ? FeatureBytes.Write(Features.Of(reader).Row(index)) : null,
            Baseline = Features.Baselines[index].ToBytes(),
            Explanation = decided.Explanation is null ? null : ExplanationBytes.Write(decided.Explanation),
            Reasons = ReasonsJson.Write(decided.Reasons),
            Rules = Rules?.Set.Hash,
            DecidedAt = Now,
            TraceId = Plan.Fresh[index].Item.TraceId,
        };
    }
}
