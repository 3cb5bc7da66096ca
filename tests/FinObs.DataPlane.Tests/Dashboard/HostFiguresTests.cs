using FinObs.DataPlane.Dashboard;
using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>What a page of this process shows is what its instruments measured.</summary>
public sealed class HostFiguresTests
{
    [Fact]
    public async Task What_was_decided_is_counted_with_each_step_and_each_route()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        HostFigures figures = host.Services.GetRequiredService<HostFigures>();

        await host.PostAsync("""{"transaction_id":"one","amount":12,"type":"card","account":"acc"}""");
        figures.Look();
        HostSnapshot now = figures.Now();

        Assert.True(now.Points.Sum(point => point.DecidedPerSecond) * HostFigures.Step.TotalSeconds >= 1);
        Assert.True(now.Chunks is { Count: >= 1, P50Ms: > 0 });
        Assert.Contains(now.Steps, step => step.Name == Steps.Commit);
        Assert.Contains(now.Routes, route => route.Route == "POST /webhooks/transactions" && route.Took.Count >= 1);
        Assert.True(now.Points[^1] is { WorkingSet: > 0, Heap: > 0, Cpu: >= 0 });
        Assert.True(now.Points.Count <= HostFigures.Slots);
    }

    [Fact]
    public void A_slot_begins_anew_half_an_hour_later()
    {
        HostSlot slot = new();
        slot.BeginAs(5);
        slot.Chunks.Add(0.01);
        slot.StepTook("step", 0.01);
        slot.Decided = 3;

        slot.BeginAs(5 + HostFigures.Slots);

        Dictionary<string, Spread> steps = [];
        slot.AddStepsTo(steps);
        Assert.Equal((0L, 0L, 0L), (slot.Decided, slot.Chunks.Count, steps["step"].Count));
    }

    [Theory]
    [InlineData(120, 0, 0, "bad")]
    [InlineData(0.4, 2, 0, "watch")]
    [InlineData(0.4, 0, 900_000, "watch")]
    [InlineData(0.4, 0, 0, "none")]
    public void The_sentence_says_the_worst(double lag, long failed, long backlog, string state)
    {
        HostPoint point = HostPoint.Nothing(1) with { Failed = failed };

        Assert.Equal(state, HostWords.Verdict(new HostSnapshot(DateTimeOffset.UnixEpoch, [point], new SpreadLine("", 0, 0, 0, null, null), [], [], lag, backlog)).State);
    }

    [Theory]
    [InlineData("javascript:alert(1)", null, false)]
    [InlineData("https://grafana.example.com/g", "https://grafana.example.com/explore?left={trace}", true)]
    [InlineData(null, "https://grafana.example.com/explore", false)]
    [InlineData(null, "javascript:alert('{trace}')", false)]
    [InlineData(null, null, true)]
    public void Pages_lead_elsewhere_by_http_only(string? grafana, string? trace, bool isGood)
    {
        DashboardOptions options = new() { GrafanaAddress = grafana is null ? null : new Uri(grafana), TraceAddress = trace };

        Assert.Equal(isGood, !options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options)).Any());
        if (isGood && grafana is not null)
        {
            Assert.Equal("https://grafana.example.com/g/d/finobs", options.DashboardOf("finobs"));
            Assert.Equal("https://grafana.example.com/explore?left=abc", options.TraceOf("abc"));
        }
    }
}
