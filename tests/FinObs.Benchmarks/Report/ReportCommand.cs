using System.CommandLine;
using FinObs.Benchmarks.Core;
using FinObs.Benchmarks.Drift;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Report;

/// <summary><c>report</c>, which <c>make bench</c> runs: the core, then every load scenario in a short form; a quarter of an hour at most.</summary>
internal static class ReportCommand
{
    private static readonly LoadSettings Short = new() { Rounds = 3, Batches = 10, Duration = TimeSpan.FromSeconds(8), Lines = 300_000, Reads = 900 };

    public static Command Create()
    {
        Command command = new("report", "Measure the core and the load, and write both into docs/benchmarks.md.") { DatabaseOption.Instance };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string core = CoreTable.Write([.. CoreMeasurements.Run(), .. DriftMeasurements.Run()]);
            Console.WriteLine(core);
            WriteCore(core);
            await RunLoadAsync(DatabaseOption.Of(parsed), cancellationToken);
        });
        return command;
    }

    private static void WriteCore(string table) => Pages.Write("core", $"""
        ## Core

        Medians in one process; "ratio" says how many times longer the other takes on the same data in the same run.

        {table.Trim()}

        {Machine.Description}
        """);

    private static async Task RunLoadAsync(IReadOnlyList<DatabaseKind> databases, CancellationToken cancellationToken) =>
        LoadPage.Write(await LoadProgram.RunAsync(databases, LoadProgram.Scenarios, Short, cancellationToken), Short);
}
