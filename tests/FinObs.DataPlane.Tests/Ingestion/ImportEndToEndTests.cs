using FinObs.DataPlane.Demo.Simulation;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Training;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class ImportEndToEndTests
{
    private const int Count = 6_000;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_file_is_stored_once_and_a_second_run_is_all_replays(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        using var folder = new TemporaryFolder();
        string file = folder.Combine("bank.csv");
        await using (var writer = new StreamWriter(file))
        {
            SimulatedCsv.Write(writer, Simulator.Generate(9, Count, Simulator.DefaultStart));
        }

        ImportSummary half = await ImportAsync(host, file, Count / 2);
        ImportSummary whole = await ImportAsync(host, file, long.MaxValue);
        ImportSummary again = await ImportAsync(host, file, long.MaxValue);

        Assert.Equal((Count / 2, 0), (half.Totals.Ingested, half.Totals.Replayed));
        Assert.Equal((Count, Count / 2, 0), (whole.Totals.Ingested, whole.Totals.Replayed, whole.Rejects));
        Assert.Equal((Count, Count), (again.Totals.Ingested, again.Totals.Replayed));
        Assert.Equal(whole.Totals.Flagged, again.Totals.Flagged);
    }

    private static async Task<ImportSummary> ImportAsync(TestDataPlane host, string file, long limit)
    {
        using TransactionCsvReader reader = TransactionCsvReader.Open(file);
        var importer = ActivatorUtilities.CreateInstance<TransactionImporter>(host.Services);
        return await importer.ImportAsync(reader, new ImportSettings("default", "import", limit), () => { }, null, TestContext.Current.CancellationToken);
    }
}
