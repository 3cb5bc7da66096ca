using FinObs.DataPlane.Access;
using FinObs.DataPlane.Decisions.Evaluations;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;

namespace FinObs.DataPlane.Mcp.Tools.Platform;

/// <summary><c>get_model_leaderboard</c>.</summary>
internal sealed class LeaderboardTool(Leaderboard leaderboard, ModelEvaluations evaluations, TimeProvider time) : McpTool
{
    private const string Submissions = "submissions";
    private const string OwnDecisions = "own_decisions";
    private const int DefaultDays = 30;
    private const int MostDays = 3_660;

    public override ToolCard Card { get; } = new()
    {
        Name = "get_model_leaderboard",
        Title = "Model versions by F1",
        Description = "Ranks model versions by F1, with precision, recall and accuracy. own_decisions: each version on the labelled transactions that it decided; submissions: on the newest evaluation that was submitted "
            + "for it, which nobody here checked. Use it when asked which version is best; for one version's provenance use get_model_version.",
        Permission = Permissions.ModelRead,
        Input = new ToolInput(
            ToolField.OneOf("basis", "What versions are judged on.", [OwnDecisions, Submissions], OwnDecisions), ToolField.Whole("days", "How far back, for own_decisions.", 1, MostDays, DefaultDays), ToolField.Namespace()),
        Output = typeof(LeaderboardAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (call.Text("basis") == Submissions)
        {
            return new ToolAnswer.Done(LeaderboardAnswer.Of(await evaluations.RankAsync(call.Namespace, cancellationToken), null, Submissions));
        }

        DateTimeOffset from = time.GetUtcNow().AddDays(-(call.Whole("days") ?? DefaultDays));
        return new ToolAnswer.Done(LeaderboardAnswer.Of(await leaderboard.ReadAsync(call.Namespace, from, cancellationToken), from, OwnDecisions));
    }
}
