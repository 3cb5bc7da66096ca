using FinObs.DataPlane.Demo;
using FinObs.Scoring.Training;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Demo;

public sealed class SimulateCommandTests
{
    [Theory]
    [InlineData("a.csv")]
    [InlineData("a.csv.gz")]
    public async Task It_writes_a_file_that_the_reader_of_files_reads(string name)
    {
        using var folder = new TemporaryFolder();

        int exit = await SimulateCommand.Create().Parse(["--out", folder.Combine(name), "--rows", "300", "--seed", "5"]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(0, exit);
        using TransactionCsvReader reader = TransactionCsvReader.Open(folder.Combine(name));
        Assert.Equal(300, reader.Read().OfType<TransactionCsvItem.Row>().Count());
    }

    [Fact]
    public async Task No_rows_are_no_file() =>
        Assert.Equal(2, await SimulateCommand.Create().Parse(["--out", "x.csv", "--rows", "0"]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken));
}
