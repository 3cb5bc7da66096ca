using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Retraining.Candidates;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Retraining.Api;

/// <summary>Runs: ask for one, look, stop it.</summary>
internal static class RetrainingApi
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapRetraining(this IEndpointRouteBuilder app)
    {
        app.MapTrainingWindows();
        RouteGroupBuilder group = app.MapGroup("/v1/retraining-runs").WithTags("Retraining");
        group.MapPost("", RequestAsync).RequirePermission(Permissions.ModelRetrain).ProducesProblem(StatusCodes.Status422UnprocessableEntity).WithName("RequestRetraining")
            .WithSummary("Have a candidate trained. It never replaces a version by itself; asked twice with one dedupeKey there is one run.");
        group.MapGet("", ListAsync).RequirePermission(Permissions.ModelRead).WithName("ListRetrainingRuns").WithSummary("Runs, newest first, a page at a time.");
        group.MapGet("/{id:guid}", GetAsync).RequirePermission(Permissions.ModelRead).WithName("GetRetrainingRun").WithSummary("One run, how it got where it is, and its report.");
        group.MapGet("/{id:guid}/candidate", CandidateAsync).RequirePermission(Permissions.ModelRead).ProducesProblem(StatusCodes.Status404NotFound).WithName("GetRetrainingCandidate")
            .WithSummary("The ModelVersion that a run has trained, as a spec; 404 until there is one.");
        group.MapPost("/{id:guid}/cancel", CancelAsync).RequirePermission(Permissions.ModelRetrain).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("CancelRetrainingRun").WithSummary("Stop a run.");
        app.MapRetrainingWorkers();
        app.MapAgentRetraining();
        return app;
    }

    private static async Task<Results<Created<RetrainingRunAnswer>, Ok<RetrainingRunAnswer>, ProblemHttpResult>> RequestAsync(
        NewRetrainingRun body, HttpContext context, RetrainingRequests requests, RouteStore routes, CancellationToken cancellationToken)
    {
        string @namespace = body.Namespace ?? ModelRouter.DefaultNamespace;
        if (body.Problem() is { } problem)
        {
            return RetrainingProblems.Invalid(problem);
        }

        if ((body.Model ?? (await routes.DecidingAsync(@namespace, cancellationToken))?.Model) is not { } model)
        {
            return RetrainingProblems.NoModel(@namespace);
        }

        try
        {
            WindowRequest window = new(@namespace, model, body.From, body.To, body.AsOf, Caller.NameOf(context));
            (RetrainingRunRow run, bool isNew) = await requests.RequestAsync(new RunRequest(window, TrainingTrigger.Manual, body.Reason ?? "Asked for.", body.DedupeKey), cancellationToken);
            return isNew ? TypedResults.Created($"/v1/retraining-runs/{run.Id}", RetrainingRunAnswer.Of(run)) : TypedResults.Ok(RetrainingRunAnswer.Of(run));
        }
        catch (ArgumentException wrong)
        {
            return RetrainingProblems.Invalid(wrong.Message.Split(" (Parameter")[0]);
        }
    }

    private static async Task<Results<Ok<RetrainingRunPage>, ProblemHttpResult>> ListAsync(
        RetrainingRuns runs, string? @namespace, string? model, RunState? state, Guid? before, int? limit, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        if (most is < 1 or > MostLimit)
        {
            return RetrainingProblems.Invalid($"limit must be a whole number from 1 to {MostLimit}.");
        }

        List<RetrainingRunRow> rows = await runs.PageAsync(@namespace ?? ModelRouter.DefaultNamespace, model, state, before, most, cancellationToken);
        return TypedResults.Ok(new RetrainingRunPage([.. rows.Select(RetrainingRunAnswer.Of)], rows.Count == most ? rows[^1].Id : null));
    }

    private static async Task<Results<Ok<RetrainingRunDetail>, ProblemHttpResult>> GetAsync(Guid id, RetrainingRuns runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(id, cancellationToken) is { } run
            ? TypedResults.Ok(RetrainingRunDetail.Of(run, await runs.ChangesAsync(id, cancellationToken)))
            : RetrainingProblems.NoRun(id);

    private static async Task<Results<Ok<CandidateAnswer>, ProblemHttpResult>> CandidateAsync(Guid id, RetrainingRuns runs, CandidateDoor candidates, CancellationToken cancellationToken) =>
        await runs.FindAsync(id, cancellationToken) is { Candidate: CandidateOutcome.Registered, ArtifactDigest: { } digest } run
            ? TypedResults.Ok(new CandidateAnswer(run.Namespace, run.ResourceName, run.Reason, JsonSerializer.SerializeToElement(await candidates.SpecAsync(run, digest, cancellationToken), ResourceJson.Strict)))
            : RetrainingProblems.NoRun(id);

    private static async Task<Results<Ok<RetrainingRunAnswer>, ProblemHttpResult>> CancelAsync(
        Guid id, CancelRun body, HttpContext context, RetrainingRequests requests, CancellationToken cancellationToken) =>
        await requests.CancelAsync(id, Caller.NameOf(context), body.Reason, cancellationToken) switch
        {
            null => RetrainingProblems.NoRun(id),
            { IsCancelled: true } done => TypedResults.Ok(RetrainingRunAnswer.Of(done.Run)),
            { Run: var over } => TypedResults.Problem($"The run is over: {over.State}.", statusCode: StatusCodes.Status409Conflict, title: "Too late."),
        };
}
