using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Api;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>An experiment's page says what its last look found, with the figures of that look.</summary>
public sealed class ExperimentPagesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_page_shows_verdict_arms_evidence_and_what_is_missing(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        StoredResource resource = await DraftAsync(host);

        Assert.Contains("a draft, nothing is split", await PageAsync(host, "/experiments/thresholds"), StringComparison.Ordinal);
        await LookAsync(host, resource, successes: 430);
        string pending = await PageAsync(host, "/experiments/thresholds");
        await LookAsync(host, resource, successes: 900);
        string found = await PageAsync(host, "/experiments/thresholds");
        string list = await PageAsync(host, "/experiments");

        Assert.Contains("no verdict yet", pending, StringComparison.Ordinal);
        Assert.Contains("No effect was found yet.", pending, StringComparison.Ordinal);
        Assert.Contains("treatment is better", found, StringComparison.Ordinal);
        Assert.Contains("+25.00 pp", found, StringComparison.Ordinal);
        Assert.Contains("20.00 %", found, StringComparison.Ordinal);
        Assert.Contains("45.00 %", found, StringComparison.Ordinal);
        Assert.Contains("<polyline", found, StringComparison.Ordinal);
        Assert.Contains("treatment is better", list, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be read", found + pending + list, StringComparison.Ordinal);
    }

    private static async Task<StoredResource> DraftAsync(TestDataPlane host)
    {
        JsonObject spec = JsonNode.Parse("""
            {"model":"fraud","arms":[{"name":"control","version":"1.0.0","weight":50},{"name":"treatment","version":"2.0.0","weight":50}],
             "primary":{"metric":"PrecisionAtK","direction":"Increase"},"duration":{"min":"1h","max":"1008h"},"state":"Draft"}
            """)!.AsObject();
        using StringContent body = new(new JsonObject { ["managedBy"] = "Api", ["spec"] = spec }.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage made = await host.Client.PutAsync(new Uri("/v1/namespaces/default/abexperiments/thresholds", UriKind.Relative), body, Stop);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Stop));
        return host.Services.GetRequiredService<ResourceCatalogue>().Current.Find(new ResourceKey("default", ResourceKinds.ABExperiment.Name, "thresholds"))!;
    }

    /// <summary>What a look writes: 2,000 labelled units in each arm, 400 of the control's with the event.</summary>
    private static async Task LookAsync(TestDataPlane host, StoredResource resource, long successes)
    {
        ExperimentStore store = host.Services.GetRequiredService<ExperimentStore>();
        ABExperimentSpec spec = ExperimentsApi.SpecOf(resource);
        ExperimentRow? before = await store.FindAsync(resource.Row.Uid, Stop);
        ExperimentCounts counts = new() { Arms = [Arm("control", 400), Arm("treatment", successes)] };
        ExperimentEvaluation look = ExperimentJudge.Judge(spec, counts, ExperimentEvaluation.Read(before?.Evaluation), TimeSpan.FromHours(200), store.Now());
        ExperimentRow after = new()
        {
            Uid = resource.Row.Uid,
            Namespace = "default",
            Name = "thresholds",
            Model = "fraud",
            Phase = ExperimentPhase.Running,
            StartedAt = store.Now(),
            ServingSince = store.Now(),
            Evaluation = look.Write(),
            Winner = look.Winner,
            Reason = ExperimentReasons.Evaluated,
            Detail = look.Sentence,
            ChangedAt = store.Now(),
            Generation = before?.Generation ?? 0,
        };
        Assert.True(await store.WriteAsync(before, after, "system:experiments", look.Write(), Stop));
    }

    private static ArmCounts Arm(string name, long successes) => new()
    {
        Name = name,
        Share = 0.5,
        Units = 5000,
        Decisions = 9000,
        Metrics = new Dictionary<ExperimentMetric, MetricCount> { [ExperimentMetric.PrecisionAtK] = new MetricCount(successes, 2000, 2000, 2000) },
    };

    private static async Task<string> PageAsync(TestDataPlane host, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using HttpResponseMessage answer = await host.Client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));
    }
}
