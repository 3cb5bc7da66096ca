using System.CommandLine;
using System.IO.Compression;

namespace FinObs.Kubectl;

/// <summary>Writes what somebody needs who looks for a fault, without secrets, people and account numbers. It reads, and changes nothing.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        ClusterOptions cluster = new();
        Option<string> system = new("--system-namespace") { Description = "Where the operator and the data plane are.", DefaultValueFactory = _ => "finobs-system" };
        Option<FileInfo> output = new("--out", "-o") { Description = "The zip to write.", Required = true };
        Command command = new("report", "Write a support bundle: resources, events, pods and logs, redacted. Look through it before you send it.") { system, output };
        cluster.AddTo(command);
        command.SetAction((result, cancellationToken) => CommandException.ShowAsync(async () =>
        {
            (k8s.Kubernetes client, string space) = cluster.Connect(result);
            FileInfo to = result.GetRequiredValue(output);
            using (client)
            {
                await using FileStream file = to.Create();
                await using ZipArchive zip = new(file, ZipArchiveMode.Create);
                await foreach (ReportEntry entry in ReportContents.OfAsync(client, space, result.GetRequiredValue(system), cancellationToken))
                {
                    await using Stream part = await zip.CreateEntry(entry.Path, CompressionLevel.Optimal).OpenAsync(cancellationToken);
                    await using StreamWriter writer = new(part);
                    await writer.WriteAsync(entry.Text.AsMemory(), cancellationToken);
                    await Console.Out.WriteLineAsync(entry.Path);
                }
            }

            await Console.Out.WriteLineAsync($"{to.FullName}: values of Secrets were never read; look through it before you send it");
        }));
        return command;
    }
}
