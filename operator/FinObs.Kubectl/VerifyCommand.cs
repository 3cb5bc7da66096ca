using System.CommandLine;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Audit.Notes;
using k8s;

namespace FinObs.Kubectl;

/// <summary>Checks that what the cluster has is in the audit log, and that the log has only grown since last time. Proofs are checked here: of the data plane only its answers are needed, not its word.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        ClusterOptions cluster = new();
        DataPlaneOptions dataPlane = new();
        Option<string?> key = new("--key") { Description = "The log's public key, as you keep it (origin+id+key). Without it the data plane's own word is taken for it." };
        Option<FileInfo?> kept = new("--checkpoint") { Description = "A file with the checkpoint of last time; the newest replaces it where nothing is wrong." };
        Command command = new("verify", "Check every object's last change against the audit log, and the log against itself.") { key, kept };
        cluster.AddTo(command);
        dataPlane.AddTo(command);
        command.SetAction(async (result, cancellationToken) =>
        {
            bool isRight = false;
            int code = await CommandException.ShowAsync(async () =>
            {
                using HttpClient http = dataPlane.Connect(result);
                AuditLog log = new(http, await KeyAsync(http, result.GetValue(key), cancellationToken));
                (Kubernetes client, string space) = cluster.Connect(result);
                using (client) isRight = await ReportAsync(await GrownAsync(log, result.GetValue(kept), cancellationToken), log, await MarksAsync(client, space, cancellationToken), cancellationToken);
            });

            // As the data plane's own verifier: 1 = something is not as it was signed, 2 = it could not be checked.
            return code != 0 ? 2 : isRight ? 0 : 1;
        });
        return command;
    }

    /// <summary>A line for each object; true where all of them are proven.</summary>
    internal static async Task<bool> ReportAsync(bool isGrown, AuditLog log, IReadOnlyList<(string Name, string? Leaf)> marks, CancellationToken cancellationToken)
    {
        bool isRight = isGrown;
        foreach ((string name, string? leaf) in marks)
        {
            string? problem = leaf is null ? "no leaf yet: the data plane does not have it" : await log.WhyNotAsync(leaf, cancellationToken);
            await Console.Out.WriteLineAsync(problem is null ? $"proven  {name} ({leaf})" : $"WRONG   {name}: {problem}");
            isRight &= problem is null;
        }

        return isRight;
    }

    /// <summary>The log against the checkpoint that was kept; true where there was none.</summary>
    internal static async Task<bool> GrownAsync(AuditLog log, FileInfo? file, CancellationToken cancellationToken)
    {
        (string note, Checkpoint newest) = await log.NewestAsync(cancellationToken);
        await Console.Out.WriteLineAsync($"signed  {newest.Size} leaves, root {Convert.ToBase64String(newest.Root)}");
        if (file is null) return true;
        if (file.Exists)
        {
            Checkpoint before = log.Open(await File.ReadAllTextAsync(file.FullName, cancellationToken));
            if (await log.WhyNotGrownAsync(before, newest, cancellationToken) is { } problem)
            {
                await Console.Out.WriteLineAsync($"WRONG   {problem}. {file.Name} stays as it is: keep it.");
                return false;
            }

            await Console.Out.WriteLineAsync($"grown   from {before.Size} leaves, and nothing before was touched");
        }

        await File.WriteAllTextAsync(file.FullName, note, cancellationToken);
        return true;
    }

    private static async Task<NoteVerifier> KeyAsync(HttpClient http, string? given, CancellationToken cancellationToken)
    {
        string text = given ?? "";
        if (given is null)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri("v1/audit/key", UriKind.Relative), cancellationToken);
            await DataPlaneOptions.RequireAsync(answer, cancellationToken);
            text = (await answer.Content.ReadAsStringAsync(cancellationToken)).Trim();
            await Console.Error.WriteLineAsync($"warning: the key is the data plane's own word: keep it, and pass it next time: --key '{text}'");
        }

        try
        {
            return NoteVerifier.Parse(text);
        }
        catch (FormatException e)
        {
            throw new CommandException($"--key: {e.Message}");
        }
    }

    private static async Task<IReadOnlyList<(string Name, string? Leaf)>> MarksAsync(Kubernetes client, string space, CancellationToken cancellationToken)
    {
        List<(string, string?)> marks = [];
        foreach (ResourceKind kind in ResourceKinds.All)
        {
            foreach (JsonElement item in await Cluster.ItemsAsync(client, space, kind, cancellationToken))
            {
                string? leaf = item.TryGetProperty("status", out JsonElement status) && status.TryGetProperty("audit", out JsonElement audit) && audit.TryGetProperty("leafId", out JsonElement id) ? id.GetString() : null;
                marks.Add(($"{kind.Name.ToLowerInvariant()}/{item.GetProperty("metadata").GetProperty("name").GetString()}", leaf));
            }
        }

        return marks;
    }
}
