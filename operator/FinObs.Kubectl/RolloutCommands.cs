using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;

namespace FinObs.Kubectl;

/// <summary>What a person can do with a rollout. It is the data plane's: a stage in Git stays as it is, and people are asked where they must agree.</summary>
internal static class RolloutCommands
{
    private static readonly (string Verb, string Description)[] Verbs =
    [
        ("promote", "Leave the remaining steps out; beyond maxAutoWeight others have to agree."),
        ("rollback", "Take the version out of traffic at once: the stable one, or the one before it, decides."),
        ("retry", "Take the steps again from the first."),
        ("pause", "Stop where it is; its share stays."),
        ("resume", "Go on where it was paused."),
    ];

    public static IEnumerable<Command> All() => Verbs.Select(verb => Create(verb.Verb, verb.Description));

    private static Command Create(string verb, string description)
    {
        ClusterOptions cluster = new();
        DataPlaneOptions dataPlane = new();
        Argument<string> name = new("modelversion") { Description = "Name of the ModelVersion." };
        Option<string> reason = new("--reason", "-m") { Description = "Why; goes to the audit log.", Required = true };
        Command command = new(verb, description) { name, reason };
        cluster.AddTo(command);
        dataPlane.AddTo(command);
        command.SetAction((result, cancellationToken) => CommandException.ShowAsync(async () =>
        {
            using HttpClient http = dataPlane.Connect(result);
            string space = cluster.NamespaceOf(result), of = result.GetRequiredValue(name);
            using HttpResponseMessage answer = await http.PostAsJsonAsync(
                new Uri($"v1/rollouts/{Uri.EscapeDataString(space)}/{Uri.EscapeDataString(of)}/{verb}", UriKind.Relative), new { reason = result.GetRequiredValue(reason) }, cancellationToken);
            await DataPlaneOptions.RequireAsync(answer, cancellationToken);
            RolloutState now = await answer.Content.ReadFromJsonAsync<RolloutState>(JsonSerializerOptions.Web, cancellationToken) ?? throw new CommandException("the data plane answered nothing");
            await Console.Out.WriteLineAsync($"{of}: {now.Phase}, step {now.Step}, {now.Weight} %{(string.IsNullOrEmpty(now.Detail) ? "" : $" ({now.Detail})")}");
        }));
        return command;
    }

    private sealed record RolloutState(string Phase, int Step, int Weight, string? Detail);
}
