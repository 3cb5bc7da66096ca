using FinObs.DataPlane.Ingestion;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class TenthLinesTests
{
    [Fact]
    public void A_line_for_each_tenth_that_is_reached()
    {
        var output = new StringWriter();
        var lines = new TenthLines("Loading", 1000, output);

        foreach (long done in new long[] { 1, 99, 100, 150, 420, 1000, 1000 }) lines.Report(done);

        Assert.Equal(["Loading: 10 %", "Loading: 40 %", "Loading: 100 %"], output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
