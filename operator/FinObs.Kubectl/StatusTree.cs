using System.Globalization;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.PullSources;

namespace FinObs.Kubectl;

/// <summary>All resources of a namespace.</summary>
internal sealed record NamespaceContents(
    string Namespace, IReadOnlyList<ModelVersion> Versions, IReadOnlyList<DriftPolicy> Policies, IReadOnlyList<ABExperiment> Experiments, IReadOnlyList<CallbackTarget> Targets, IReadOnlyList<PullSource> Sources);

/// <summary>A namespace as lines of text. Pure.</summary>
internal static class StatusTree
{
    public static IEnumerable<string> Of(NamespaceContents contents, DateTimeOffset now)
    {
        string[] models =
        [
            .. contents.Versions.Select(version => version.Spec.Model).Concat(contents.Policies.Select(policy => policy.Spec.ModelRef.Model)).Concat(contents.Experiments.Select(experiment => experiment.Spec.Model))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        Node[] nodes =
        [
            .. models.Select(model => new Node(model,
            [
                .. contents.Versions.Where(version => version.Spec.Model == model).OrderByDescending(version => version.Status?.Weight ?? 0).ThenBy(version => version.Metadata.Name, StringComparer.Ordinal).Select(version => Of(version, now)),
                .. contents.Policies.Where(policy => policy.Spec.ModelRef.Model == model).OrderBy(policy => policy.Metadata.Name, StringComparer.Ordinal).Select(policy => Of(policy, now)),
                .. contents.Experiments.Where(experiment => experiment.Spec.Model == model).OrderBy(experiment => experiment.Metadata.Name, StringComparer.Ordinal).Select(experiment => Of(experiment, now)),
            ])),
            .. contents.Targets.OrderBy(target => target.Metadata.Name, StringComparer.Ordinal).Select(target => Of(target, now)),
            .. contents.Sources.OrderBy(source => source.Metadata.Name, StringComparer.Ordinal).Select(source => Of(source, now)),
        ];
        if (nodes.Length == 0) return [contents.Namespace, "└─ nothing of FinObs"];
        return [contents.Namespace, .. Lines(nodes, "")];
    }

    private static Node Of(ModelVersion version, DateTimeOffset now) => With(
        $"{version.Spec.Version}  {version.Status?.Phase?.ToString() ?? "Unseen"}, {version.Status?.Weight ?? 0} %, stage {version.Spec.Stage}{Step(version)}{Pods(version)}", version.Status, now);

    private static Node Of(DriftPolicy policy, DateTimeOffset now)
    {
        DriftPolicyStatus? status = policy.Status;
        string line = $"drift policy {policy.Metadata.Name}  {status?.Severity?.ToString() ?? "not checked yet"}{(status?.Breaches is { } breaches ? $", breaches {breaches}" : "")}";
        Node node = With(line, status, now);
        return status?.LastJob is { } job ? node with { Children = [.. node.Children, new Node(Line(job), [])] } : node;
    }

    private static Node Of(ABExperiment experiment, DateTimeOffset now) => With(
        $"experiment {experiment.Metadata.Name}  {experiment.Status?.Phase?.ToString() ?? "Unseen"}{(experiment.Status?.Verdict is { } verdict ? $", {verdict}" : "")}{(experiment.Status?.Units is { } units ? $", {units} units" : "")}",
        experiment.Status, now);

    private static Node Of(CallbackTarget target, DateTimeOffset now) =>
        With($"callback target {target.Metadata.Name}  {target.Status?.State?.ToString() ?? "Unseen"}, {target.Status?.QueueDepth ?? 0} waiting, {target.Status?.DeadLetters ?? 0} dead", target.Status, now);

    private static Node Of(PullSource source, DateTimeOffset now) =>
        With($"pull source {source.Metadata.Name}  {(source.Status?.LastRun is { } run ? $"last run {Age(now - run.At)} ago, {run.Fetched} fetched" : "not run yet")}", source.Status, now);

    /// <summary>What it waits for is told beneath it; else why it is not ready.</summary>
    private static Node With(string line, ResourceStatus? status, DateTimeOffset now)
    {
        Condition? ready = status?.Conditions?.FirstOrDefault(condition => condition.Type == ConditionTypes.Ready);
        string state = ready?.Status switch { ConditionStatus.True => "", null => "  (nobody has looked at it yet)", _ => "  NOT READY" };
        return new Node(line + state, status?.BlockedOn is { } wait ? [new Node($"waits {Age(now - wait.Since)} for {wait.Gate}: {wait.Hint}", [])]
            : ready is { Status: not ConditionStatus.True } ? [new Node($"{ready.Reason}: {ready.Message}", [])]
            : []);
    }

    private static string Line(RetrainingStatus job) => job.Phase switch
    {
        RetrainingPhase.Running => $"retraining {job.Name}  Running, {job.Progress ?? 0} %{(job.Step is { } step ? $", {step}" : "")}",
        RetrainingPhase.Succeeded => $"retraining {job.Name}  Succeeded, candidate {job.ResultVersion}",
        RetrainingPhase.Failed or RetrainingPhase.Cancelled => $"retraining {job.Name}  {job.Phase}: {job.Message}",
        _ => $"retraining {job.Name}  {job.Phase}",
    };

    private static string Step(ModelVersion version) =>
        version.Status is { CurrentStep: { } step, Phase: ModelPhase.Shadowing or ModelPhase.Progressing or ModelPhase.WaitingApproval } && version.Spec.Rollout?.Steps.Count is { } all ? $", step {Math.Min(step + 1, all)} of {all}" : "";

    private static string Pods(ModelVersion version) => version.Status is { Replicas: > 0 and var replicas } status ? $", {status.ReadyReplicas ?? 0} of {replicas} pods" : "";

    /// <summary>As kubectl writes ages: the largest unit.</summary>
    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)age.TotalSeconds)}s"),
    };

    private static IEnumerable<string> Lines(IReadOnlyList<Node> nodes, string indent)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            bool isLast = i == nodes.Count - 1;
            yield return $"{indent}{(isLast ? "└─ " : "├─ ")}{nodes[i].Line}";
            foreach (string line in Lines(nodes[i].Children, indent + (isLast ? "   " : "│  "))) yield return line;
        }
    }

    private sealed record Node(string Line, IReadOnlyList<Node> Children);
}
