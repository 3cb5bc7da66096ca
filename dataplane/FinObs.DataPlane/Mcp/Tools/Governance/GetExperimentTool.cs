using FinObs.Contracts.Resources;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Experiments;
using FinObs.DataPlane.Experiments.Api;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Mcp.Tools.Governance;

/// <summary><c>get_experiment</c>.</summary>
internal sealed class GetExperimentTool(ExperimentVerbs verbs, ExperimentStore store, ResourceCatalogue catalogue, PiiGuard guard) : McpTool
{
    private const int MostNames = 20;

    public override ToolCard Card { get; } = new()
    {
        Name = "get_experiment",
        Title = "One experiment",
        Description = "Shows an A/B experiment between model versions: its phase, arms, and the last look with counts of each arm, tests, guardrails and the verdict in a sentence. Use it when asked whether a new version is "
            + "better; get_model_version shows the versions.",
        Permission = Permissions.ModelRead,
        Input = new ToolInput(ToolField.Text("name", "The experiment's name.", 253).Required(), ToolField.Namespace()),
        Output = typeof(ExperimentResults),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        string name = call.Text("name")!;
        if (verbs.Find(call.Namespace, name) is not { } resource)
        {
            string[] there = [.. catalogue.Current.Of(call.Namespace, ResourceKinds.ABExperiment.Name).Select(one => one.Key.Name).Order(StringComparer.Ordinal).Take(MostNames)];
            return new ToolAnswer.Refused($"There is no experiment of this name in {call.Namespace}: {(there.Length == 0 ? "there is none at all" : $"there are {string.Join(", ", there)}")}.");
        }

        ExperimentRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        return new ToolAnswer.Done(ExperimentResults.Of(ExperimentAnswer.Of(call.Namespace, name, ExperimentsApi.SpecOf(resource), row, guard), row));
    }
}
