using System.Text.Json;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>Asks people whether a version may decide a larger share, and notes in the commit of their last word that it may.</summary>
internal sealed class RolloutPromotion(RolloutStore store) : IApprovedAction
{
    public const string Name = "model.promote";

    public string Action => Name;

    /// <param name="row">As it stands.</param>
    /// <param name="plan">Its steps.</param>
    /// <param name="step">Who has to agree.</param>
    /// <param name="weight">To which share, in percent.</param>
    /// <param name="digest">Of the artifact.</param>
    /// <param name="authors">Everybody who changed the version's spec: none of them counts where the step leaves its requester out.</param>
    public static ApprovalAsk Ask(RolloutRow row, RolloutPlan plan, ApprovalStep step, int weight, string digest, IReadOnlyList<string> authors) => new()
    {
        Namespace = row.Namespace,
        Action = Name,
        Target = row.Uid,
        Summary = $"Let {row.Model}@{row.Version} decide {weight} % of {row.Namespace} (now {row.Weight} %)",
        Payload = CanonicalObject.Of(
            ("changed_by", authors), ("digest", digest), ("exclude_requester", step.ExcludeRequester), ("from_weight", row.Weight), ("model", row.Model), ("name", row.Name), ("required", step.Required), ("roles", step.Roles ?? []),
            ("step", row.Step), ("step_entered_at", row.StepStartedAt), ("steps", plan.StepHash), ("to_weight", weight), ("uid", row.Uid), ("v", 1), ("version", row.Version)),
        Evidence = CanonicalObject.Of(("analysis", row.Analysis), ("detail", row.Detail), ("rollout_generation", row.Generation)),
        ModelDigest = digest,
        RequestedBy = step.ExcludeRequester && row.RequestedBy is { } person ? person : "system:rollout",
        Excluded = step.ExcludeRequester ? authors : [],
        Reason = row.Step < plan.Steps.Count ? $"Step {row.Step} of its rollout asks for it." : "All steps of its rollout are done.",
        Asked = new AskedApproval(step.Required, step.Roles ?? [], step.Ttl.Value),
    };

    public async Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        using JsonDocument document = JsonDocument.Parse(request.Payload);
        JsonElement asked = document.RootElement;
        int step = asked.GetProperty("step").GetInt32();
        if (await store.FindAsync(request.Target, cancellationToken) is not { } row)
        {
            return new ApprovedOutcome.Impossible("The rollout is not there any more.");
        }

        if (row.Phase is RolloutPhase.RolledBack or RolloutPhase.Promoted || row.Step != step || row.StepHash != asked.GetProperty("steps").GetString())
        {
            return new ApprovedOutcome.Impossible($"The rollout has moved on: it is {row.Phase} at step {row.Step}, and step {step} was asked about.");
        }

        if (row.ApprovalId is { } newest && newest != request.Id)
        {
            return new ApprovedOutcome.Impossible($"The version was changed by somebody else since: request {newest} stands in this one's place.");
        }

        // Who promotes is whoever agreed last; the leaves of the request say it of each.
        RolloutRow after = row with { ApprovedStep = step, Generation = row.Generation + 1, Reason = RolloutReasons.Approved, Detail = $"Approved by {string.Join(", ", request.ApprovedBy)}.", ChangedAt = store.Now() };
        return new ApprovedOutcome.Ready((session, cancel) => RolloutStore.WriteAsync(session, row, after, cancel), store.Raise);
    }
}
