using System.CommandLine;

namespace FinObs.Operator.Crds;

/// <summary><c>crds --out FOLDER</c>: the custom resource definitions of the five kinds, for <c>crds/</c>.</summary>
internal static class CrdsCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> folder = new("--out") { Description = "The folder to write them to.", Required = true };
        Command command = new("crds", "Write the custom resource definitions.") { folder };
        command.SetAction((result, cancellationToken) => WriteAsync(result.GetRequiredValue(folder), cancellationToken));
        return command;
    }

    private static async Task<int> WriteAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        folder.Create();
        foreach ((string name, string content) in CrdFiles.Generate())
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), content, cancellationToken);
        }

        return 0;
    }
}
