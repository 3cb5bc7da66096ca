using System.Net;
using FinObs.Operator.Reconciliation;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.Operator.Tests.Reconciliation;

public sealed class HealthTests : IAsyncLifetime
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}") };
    private InProcessKubernetes _kubernetes = null!;
    private TestWorkspace _workspace = null!;
    private WebApplication _app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await InProcessKubernetes.StartAsync();
        _workspace = await TestWorkspace.CreateAsync(_kubernetes);
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Configuration.AddCommandLine(["--Watch:Namespaces", _workspace.Namespace, "--Watch:FirstRetry", "00:00:00.020", "--Leader:LeaseNamespace", _workspace.Namespace]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_kubernetes.Configuration("operator"));
        builder.Services.AddOperatorTelemetry(builder.Configuration);
        builder.Services.AddReconciliation(builder.Configuration);
        builder.Services.AddController<Gadget, GadgetReconciler>();
        builder.WebHost.UseUrls(_client.BaseAddress!.ToString());
        _app = builder.Build();
        _app.MapHealth();
        _app.MapPrometheusScrapingEndpoint();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
        _workspace.Dispose();
        await _kubernetes.DisposeAsync();
    }

    [Fact]
    public async Task Ready_once_every_cache_is_filled_and_live_all_along()
    {
        _kubernetes.Partition("operator");
        await _app.StartAsync(Cancel);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"status":"starting","why":["Gadget is not listed yet"]}"""), await AskAsync("/health/ready"));
        Assert.Equal((HttpStatusCode.OK, """{"status":"live","why":[]}"""), await AskAsync("/health/live"));
        _kubernetes.Heal("operator");
        await Eventually.TrueAsync(async () => await AskAsync("/health/ready") == (HttpStatusCode.OK, """{"status":"ready","why":[]}"""));
        await _app.StopAsync(Cancel);
    }

    [Fact]
    public async Task Not_live_while_a_loop_is_stuck()
    {
        await _app.StartAsync(Cancel);
        using (_app.Services.GetRequiredService<LoopHealth>().Enter("reconcile of Gadget a/b", TimeSpan.FromTicks(-1)))
        {
            (HttpStatusCode code, string body) = await AskAsync("/health/live");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, code);
            Assert.Contains("reconcile of Gadget a/b takes longer than", body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await AskAsync("/health/live")).Code);
        await _app.StopAsync(Cancel);
    }

    [Fact]
    public async Task Metrics_tell_of_queues_reconciles_watches_and_the_lease()
    {
        await _workspace.CreateGadgetAsync("good");
        await _workspace.CreateGadgetAsync("bad");
        _app.Services.GetRequiredService<GadgetReconciler>().OnReconcile = (gadget, _) => gadget.Metadata.Name == "bad"
            ? Task.FromException<ReconcileResult>(new InvalidOperationException("The test says so."))
            : Task.FromResult(ReconcileResult.Done);
        await _app.StartAsync(Cancel);
        string metrics = "";
        string[] wanted =
        [
            """finobs_operator_reconcile_duration_seconds_count{kind="Gadget",result="done"}""", """finobs_operator_reconcile_duration_seconds_count{kind="Gadget",result="error"}""",
            """finobs_operator_reconcile_errors_total{kind="Gadget"}""", """finobs_operator_queue_depth{kind="Gadget"}""", "finobs_operator_leader", "finobs_operator_watch_restarts_total",
        ];
        await Eventually.TrueAsync(async () =>
        {
            _kubernetes.DropWatches(); // again and again: the first may not have begun yet
            // The exporter answers with what it said before for a moment.
            metrics = (await AskAsync("/metrics")).Body.Replace("otel_scope_name=\"FinObs.Operator\",", "", StringComparison.Ordinal);
            return wanted.All(name => metrics.Contains(name, StringComparison.Ordinal));
        });
        await _app.StopAsync(Cancel);
    }

    private async Task<(HttpStatusCode Code, string Body)> AskAsync(string path)
    {
        using HttpResponseMessage answer = await _client.GetAsync(path, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
