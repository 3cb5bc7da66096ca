using System.CommandLine;
using FinObs.Load.Report;
using FinObs.Load.Running;
using FinObs.Load.Scenarios;

Argument<FileInfo> file = new("scenario") { Description = "The scenario, e.g. samples/load/day.yaml." };
Option<string?> target = new("--target") { Description = "Where to, instead of the scenario's target." };
Option<FileInfo?> key = new("--key-file") { Description = "A file with the API key to show." };
Option<DirectoryInfo?> output = new("--out") { Description = "Where report.html and report.json go; without it neither is written." };
Option<double> scale = new("--scale") { Description = "Every rate times so much.", DefaultValueFactory = _ => 1 };
RootCommand root = new("Sends a scenario's requests at the times at which they are due, whatever becomes of those before, and says how long each took from when it was due. Exit code 0: as expected, 1: not, 2: it could not run.")
{
    file, target, key, output, scale,
};
root.SetAction(async (parsed, cancellationToken) =>
{
    try
    {
        LoadScenario scenario = ScenarioFile.Read(parsed.GetValue(file)!.FullName);
        string? secret = parsed.GetValue(key) is { } path ? (await File.ReadAllTextAsync(path.FullName, cancellationToken)).Trim() : null;
        LoadRun run = new(scenario with { Target = parsed.GetValue(target) is { } other ? ScenarioFile.Address(other) : scenario.Target }, parsed.GetValue(scale), secret);
        using LiveProgress progress = new(Console.Out, run);
        LoadResult result = await run.RunAsync(cancellationToken);
        progress.End();
        Console.Write(ResultTable.Of(result));
        if (parsed.GetValue(output) is { } folder)
        {
            folder.Create();
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "report.html"), HtmlReport.Of(result), cancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "report.json"), JsonReport.Of(result), cancellationToken);
            Console.WriteLine($"{Path.Combine(folder.FullName, "report.html")} has the pictures.");
        }

        return result.Unmet.Count == 0 ? 0 : 1;
    }
    catch (Exception exception) when (exception is ScenarioException or IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync(exception.Message);
        return 2;
    }
});
return await root.Parse(args).InvokeAsync();
