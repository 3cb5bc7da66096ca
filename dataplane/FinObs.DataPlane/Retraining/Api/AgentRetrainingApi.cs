using System.Text.Json.Serialization;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Api;

/// <summary>The paths under which retraining was asked for before there were runs. They start runs; no model is replaced by them, and the answers say so.</summary>
internal static class AgentRetrainingApi
{
    private const string NeverReplaces = "A run was started. What it trains becomes a candidate in shadow if it is not worse; the current version goes on deciding.";

    public static void MapAgentRetraining(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/agent/compliance/retrain").WithTags("Retraining");
        group.MapPost("", RetrainAsync).RequirePermission(Permissions.ModelRetrain).WithName("AgentRetrain").WithSummary("Start a retraining run by hand.");
        group.MapPost("/scheduled", ScheduledAsync).RequirePermission(Permissions.ModelRetrain).WithName("AgentRetrainScheduled").WithSummary("Start the run that the clock would start, now.");
        group.MapGet("/status", StatusAsync).RequirePermission(Permissions.ModelRead).WithName("AgentRetrainStatus").WithSummary("When retraining ran last, how often, and what runs now.");
    }

    private static Task<Results<Accepted<AgentRetrainAnswer>, ProblemHttpResult>> RetrainAsync(
        HttpContext context, RetrainingRequests requests, RouteStore routes, TimeProvider time, CancellationToken cancellationToken) =>
        StartAsync(context, TrainingTrigger.Manual, requests, routes, time, cancellationToken);

    private static Task<Results<Accepted<AgentRetrainAnswer>, ProblemHttpResult>> ScheduledAsync(
        HttpContext context, RetrainingRequests requests, RouteStore routes, TimeProvider time, CancellationToken cancellationToken) =>
        StartAsync(context, TrainingTrigger.Schedule, requests, routes, time, cancellationToken);

    private static async Task<Results<Accepted<AgentRetrainAnswer>, ProblemHttpResult>> StartAsync(
        HttpContext context, TrainingTrigger trigger, RetrainingRequests requests, RouteStore routes, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await routes.DecidingAsync(ModelRouter.DefaultNamespace, cancellationToken) is not { } deciding)
        {
            return RetrainingProblems.NoModel(ModelRouter.DefaultNamespace);
        }

        WindowRequest window = new(ModelRouter.DefaultNamespace, deciding.Model, null, null, null, Caller.NameOf(context));
        (RetrainingRunRow run, _) = await requests.RequestAsync(new RunRequest(window, trigger, "Asked for.", null), cancellationToken);
        return TypedResults.Accepted($"/v1/retraining-runs/{run.Id}", new AgentRetrainAnswer("started", run.Id, deciding.Version, null, time.GetUtcNow(), NeverReplaces));
    }

    private static async Task<Ok<AgentRetrainStatus>> StatusAsync(RetrainingRuns runs, RouteStore routes, IOptions<RetrainingOptions> options, CancellationToken cancellationToken)
    {
        RouteVersion? deciding = await routes.DecidingAsync(ModelRouter.DefaultNamespace, cancellationToken);
        RetrainingRunRow? last = (await runs.PageAsync(ModelRouter.DefaultNamespace, deciding?.Model, RunState.Succeeded, null, 1, cancellationToken)).FirstOrDefault();
        RetrainingRunRow? current = (await runs.PageAsync(ModelRouter.DefaultNamespace, deciding?.Model, RunState.Running, null, 1, cancellationToken)).FirstOrDefault();
        return TypedResults.Ok(new AgentRetrainStatus(
            last?.EndedAt, await runs.CountAsync(ModelRouter.DefaultNamespace, deciding?.Model, RunState.Succeeded, cancellationToken), options.Value.Every.TotalHours, deciding?.Version, last?.CandidateVersion, current?.Id));
    }
}

/// <summary>A run was started.</summary>
/// <param name="Status"><c>started</c>.</param>
/// <param name="RunId">Follow it at <c>GET /v1/retraining-runs/{id}</c>.</param>
/// <param name="OldVersion">What decides, and goes on deciding.</param>
/// <param name="NewVersion">Null: there is none yet.</param>
/// <param name="Timestamp">When.</param>
/// <param name="Message">What will happen.</param>
internal sealed record AgentRetrainAnswer(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("run_id")] Guid RunId,
    [property: JsonPropertyName("old_version")] string OldVersion,
    [property: JsonPropertyName("new_version")] string? NewVersion,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("message")] string Message);

/// <summary>How retraining stands.</summary>
/// <param name="LastRetrain">When a run last succeeded.</param>
/// <param name="RetrainCount">Runs that succeeded.</param>
/// <param name="ScheduleHours">After how long the clock asks; 0 = never.</param>
/// <param name="CurrentVersion">What decides.</param>
/// <param name="LastCandidate">Version that the last run trained.</param>
/// <param name="RunningRun">The run that is being carried out.</param>
internal sealed record AgentRetrainStatus(
    [property: JsonPropertyName("last_retrain")] DateTimeOffset? LastRetrain,
    [property: JsonPropertyName("retrain_count")] int RetrainCount,
    [property: JsonPropertyName("schedule_hours")] double ScheduleHours,
    [property: JsonPropertyName("current_version")] string? CurrentVersion,
    [property: JsonPropertyName("last_candidate")] string? LastCandidate,
    [property: JsonPropertyName("running_run")] Guid? RunningRun);
