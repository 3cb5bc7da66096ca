using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Transactions;

/// <summary>Puts one transaction's whole story together; for an approval the explanation is made now, from the vector that was scored.</summary>
internal sealed class TransactionDetails(ModelLibrary models, EngineDirectory engines, LedgerUnits units, AuditReader audit, OverrideWriter overrides)
{
    public async Task<TransactionDetail> OfAsync(StoredTransaction stored, CancellationToken cancellationToken)
    {
        (TransactionRow row, DecisionRow decision) = (stored.Transaction, stored.Decision);
        EngineIdentity? engine = await engines.FindAsync(decision.EngineId, cancellationToken);
        LoadedModel? model = engine is null ? null : await models.FindAsync(engine.Digest, cancellationToken);
        float[] features = decision.Features is null ? [] : FeatureBytes.Read(decision.Features);
        string[] names = model?.Scorer.Manifest.Features.Names ?? [.. features.Select((_, i) => $"feature_{i}")];
        ScoreExplanation? explanation = Explanation(decision, model, features);
        List<OverrideRow> otherwise = await overrides.OfAsync(decision.Id, cancellationToken);
        return new TransactionDetail(
            row.Id, row.Namespace, row.Source, row.TransactionId, row.AccountId, row.CounterpartyId, row.Type, row.Amount, row.Currency,
            row.IsCredit ? "credit" : "debit", row.OccurredAt, row.ReceivedAt,
            row.Meta is null ? null : JsonSerializer.Deserialize<JsonElement>(row.Meta),
            DecisionOf(row, decision, engine, model, explanation, features),
            features.Select((value, i) => (Name: names[i], Value: (double)value)).ToDictionary(pair => pair.Name, pair => pair.Value),
            explanation is null ? null : ExplanationOf(explanation, names, features),
            decision.TraceId ?? "",
            await AuditOf(decision, cancellationToken),
            otherwise.Count == 0 ? decision.Decision : otherwise[^1].To,
            [.. otherwise.Select(row => new OverrideDetail(row.Id, row.From, row.To, row.Note, row.By, row.At, row.Approvers, row.LeafId))]);
    }

    private static ScoreExplanation? Explanation(DecisionRow decision, LoadedModel? model, float[] features)
    {
        if (decision.Explanation is { } stored)
        {
            return ExplanationBytes.Read(stored);
        }

        if (model is null || features.Length != model.Scorer.FeatureCount)
        {
            return null;
        }

        // Where the model runs on another server only, there are no numbers of its own here: those decided on stand.
        ScoreExplanation made = model.Scorer.Explain(features);
        return made.Method == ExplanationMethod.Unavailable ? made with { Margin = decision.Margin ?? 0, Score = decision.Score ?? 0 } : made;
    }

    private DecisionDetail DecisionOf(
        TransactionRow row, DecisionRow decision, EngineIdentity? engine, LoadedModel? model, ScoreExplanation? explanation, float[] features)
    {
        IReadOnlyList<DecisionReason> reasons = ReasonsJson.Read(decision.Reasons);
        if (reasons.Count == 0 && explanation is not null && model is not null && decision.Baseline is not null)
        {
            reasons =
            [
                .. ReasonCodes.Describe(explanation, model.Scorer.Manifest.Features, features, units.FactsOf(row), AccountBaseline.FromBytes(decision.Baseline)).Select(DecisionReason.Of),
            ];
        }

        return new DecisionDetail(
            decision.Decision, decision.Score, decision.Margin, DecisionPolicy.RiskOf(decision.Decision),
            [.. reasons.Select(reason => new ReasonDetail(reason.Code, reason.Feature, reason.Text, reason.Contribution, RuleOf(reason)))],
            decision.DecidedAt,
            engine is null ? null : new ModelReference(engine.Model, engine.Version, engine.Digest, engine.Fingerprint),
            engine is null ? null : new ThresholdDetail(engine.Thresholds.ReviewAt, engine.Thresholds.BlockAt),
            decision.Rules is null ? null : $"sha256:{Convert.ToHexStringLower(decision.Rules)}");
    }

    private static RuleReference? RuleOf(DecisionReason reason) =>
        reason.Rule is { } rule ? new RuleReference(rule.Id, rule.Version, rule.Regulation, rule.Outcome) : null;

    private static ExplanationDetail ExplanationOf(ScoreExplanation explanation, string[] names, float[] features)
    {
        ContributionDetail[] contributions =
        [
            .. explanation.Contributions
                .Select((contribution, i) => new ContributionDetail(
                    names[i], features[i], contribution,
                    explanation.ForestContributions.ElementAtOrDefault(i), explanation.ReconstructionContributions.ElementAtOrDefault(i)))
                .OrderByDescending(contribution => Math.Abs(contribution.Contribution)),
        ];
        return new ExplanationDetail(
            ExplanationMethods.OnTheWire(explanation.Method), explanation.Base, contributions, explanation.Margin, explanation.Score, explanation.Reason);
    }

    private async Task<AuditReference> AuditOf(DecisionRow decision, CancellationToken cancellationToken)
    {
        LeafStatus? leaf = await audit.FindLeafAsync(decision.LeafId, cancellationToken);
        string path = $"/v1/audit/leaves/{decision.LeafId}";
        bool provable = leaf is { Provable: true };
        return new AuditReference(decision.LeafId, provable ? leaf!.Index : null, provable ? "integrated" : "pending", path, $"{path}/proof");
    }
}
