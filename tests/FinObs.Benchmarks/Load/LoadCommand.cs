using System.CommandLine;
using FinObs.Benchmarks.Load.Scenarios;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Load;

/// <summary><c>load [--database sqlite|postgresql] [--scenario NAME …] [--rounds N] [--seconds S] …</c>.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        LoadSettings defaults = new();
        Option<string[]> scenario = new("--scenario")
        {
            Description = $"Which of {string.Join(", ", LoadProgram.Scenarios.Select(one => one.Name))}; all without it.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> rounds = new("--rounds") { Description = "Rounds of a scenario.", DefaultValueFactory = _ => defaults.Rounds };
        Option<int> seconds = new("--seconds") { Description = "Length of a round of single POSTs.", DefaultValueFactory = _ => (int)defaults.Duration.TotalSeconds };
        Option<int> batches = new("--batches") { Description = "POSTs of a round of batches.", DefaultValueFactory = _ => defaults.Batches };
        Option<int> lines = new("--lines") { Description = "Lines of the NDJSON stream.", DefaultValueFactory = _ => defaults.Lines };
        Option<int> accounts = new("--accounts") { Description = "Accounts of the simulated bank.", DefaultValueFactory = _ => defaults.Accounts };
        Command command = new("load", "Load the built data plane over HTTP.") { DatabaseOption.Instance, scenario, rounds, seconds, batches, lines, accounts };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string[] names = parsed.GetValue(scenario) ?? [];
            IScenario[] chosen = [.. LoadProgram.Scenarios.Where(one => names.Length == 0 || names.Contains(one.Name))];
            LoadSettings settings = new()
            {
                Rounds = parsed.GetValue(rounds),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                Batches = parsed.GetValue(batches),
                Lines = parsed.GetValue(lines),
                Accounts = parsed.GetValue(accounts),
            };
            await LoadProgram.RunAsync(DatabaseOption.Of(parsed), chosen, settings, cancellationToken);
        });
        return command;
    }
}

/// <summary>The option that all programs have.</summary>
internal static class DatabaseOption
{
    public static readonly Option<DatabaseKind?> Instance = new("--database") { Description = "PostgreSql or Sqlite; both without it." };

    public static IReadOnlyList<DatabaseKind> Of(ParseResult parsed) =>
        parsed.GetValue(Instance) is { } one ? [one] : [DatabaseKind.PostgreSql, DatabaseKind.Sqlite];
}
