using FinObs.DataPlane.Access;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;
using FinObs.Scoring.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Retraining.Api;

/// <summary>What workers say: they take a run, tell where they are, and end it. Only whoever holds the lease is heard.</summary>
internal static class RetrainingWorkersApi
{
    private const int LongestStep = 100;
    private const int LongestFailure = 1_000;

    public static void MapRetrainingWorkers(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/retraining-runs/{id:guid}").WithTags("Retraining").RequirePermissionOrTrainer(Permissions.ModelRetrain).AddEndpointFilter<OwnRunFilter>();
        group.MapPost("/claim", ClaimAsync).ProducesProblem(StatusCodes.Status409Conflict).WithName("ClaimRetrainingRun").WithSummary("For workers: take a run that waits, or whose worker fell silent.");
        group.MapPost("/progress", ProgressAsync).ProducesProblem(StatusCodes.Status409Conflict).WithName("ReportRetrainingProgress").WithSummary("For workers: say where you are and hold the lease; 409 = stop.");
        group.MapPost("/result", ResultAsync).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity).WithName("ReportRetrainingResult")
            .WithSummary("For workers: end the run with a report or a failure. A candidate that passed its gate becomes a ModelVersion in Shadow.");
    }

    private static async Task<Results<Ok<ClaimedRun>, ProblemHttpResult>> ClaimAsync(
        Guid id, HttpContext context, RunClaims claims, TrainingWindows windows, ProfileSettings units, CancellationToken cancellationToken) =>
        await claims.TakeAsync(id, Caller.NameOf(context), cancellationToken) is { } run && await windows.FindAsync(run.WindowId, cancellationToken) is { } window
            ? TypedResults.Ok(new ClaimedRun(
                run.Lease!, run.Attempt, run.Model, run.CandidateVersion!, run.ParentVersion, run.ParentDigest, run.WindowId, window.To, units.BaseCurrency, units.TimeZone, run.LeaseUntil!.Value, run.DeadlineAt))
            : RetrainingProblems.NotYours();

    private static async Task<Results<NoContent, ProblemHttpResult>> ProgressAsync(Guid id, WorkerProgress body, RunClaims claims, CancellationToken cancellationToken)
    {
        if (body.Fraction is not (>= 0 and <= 1) || body.Step?.Length > LongestStep)
        {
            return RetrainingProblems.Invalid($"fraction lies between 0 and 1, step has at most {LongestStep} characters.");
        }

        return await claims.ProgressAsync(id, body.Lease, body.Fraction, body.Step, cancellationToken) ? TypedResults.NoContent() : RetrainingProblems.NotYours();
    }

    private static async Task<Results<Ok<RetrainingRunAnswer>, ProblemHttpResult>> ResultAsync(Guid id, WorkerResult body, HttpContext context, RunResults results, CancellationToken cancellationToken)
    {
        if (body.Failure?.Length > LongestFailure)
        {
            return RetrainingProblems.Invalid($"failure has at most {LongestFailure} characters.");
        }

        RunResult result = new(body.Lease, body.Failure, body.Report?.GetRawText(), body.ArtifactDigest);
        return await results.TakeAsync(id, result, Caller.NameOf(context), cancellationToken) switch
        {
            ResultOutcome.Taken taken => TypedResults.Ok(RetrainingRunAnswer.Of(taken.Run)),
            ResultOutcome.Invalid invalid => RetrainingProblems.Invalid(invalid.Why),
            _ => RetrainingProblems.NotYours(),
        };
    }
}
