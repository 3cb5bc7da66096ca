using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Telemetry;

/// <summary>Prometheus' own tool on the rules, and on their unit tests.</summary>
public sealed class AlertRulesTests
{
    [Fact]
    public async Task Promtool_finds_the_rules_in_order() =>
        Assert.Contains("SUCCESS", await PrometheusServer.PromtoolAsync(["check", "rules", "grafana/alerts/finobs.yaml"], TestContext.Current.CancellationToken), StringComparison.Ordinal);

    [Fact]
    public async Task Each_alert_fires_when_it_should_and_not_before() =>
        Assert.Contains("SUCCESS", await PrometheusServer.PromtoolAsync(["test", "rules", "grafana/alerts/tests/finobs.test.yaml"], TestContext.Current.CancellationToken), StringComparison.Ordinal);

    [Theory]
    [InlineData("deploy/prometheus/local.yaml")]
    [InlineData("deploy/prometheus/compose.yaml")]
    public async Task Promtool_reads_our_configurations(string path) =>
        Assert.Contains("SUCCESS", await PrometheusServer.PromtoolAsync(["check", "config", "--syntax-only", path], TestContext.Current.CancellationToken), StringComparison.Ordinal);
}
