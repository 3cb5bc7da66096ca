using System.CommandLine;

namespace FinObs.Operator.Crds;

/// <summary><c>crds --out FOLDER --docs FOLDER</c>: the custom resource definitions of the five kinds for <c>crds/</c>, and the lower parts of their pages.</summary>
internal static class CrdsCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo> definitions = new("--out") { Description = "The folder to write the definitions to.", Required = true };
        Option<DirectoryInfo?> pages = new("--docs") { Description = "The folder of the kinds' pages, to renew their reference." };
        Command command = new("crds", "Write the custom resource definitions.") { definitions, pages };
        command.SetAction(async (result, cancellationToken) =>
        {
            DirectoryInfo folder = result.GetRequiredValue(definitions);
            folder.Create();
            await WriteAsync(folder, CrdFiles.Generate(), cancellationToken);
            if (result.GetValue(pages) is { } docs)
            {
                await WriteAsync(docs, ResourcePages.Generate(docs.FullName), cancellationToken);
            }

            return 0;
        });
        return command;
    }

    private static async Task WriteAsync(DirectoryInfo folder, SortedDictionary<string, string> files, CancellationToken cancellationToken)
    {
        foreach ((string name, string content) in files)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, name), content, cancellationToken);
        }
    }
}
