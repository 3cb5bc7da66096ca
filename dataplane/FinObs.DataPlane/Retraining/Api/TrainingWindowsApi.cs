using System.IO.Compression;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Retraining.Windows;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace FinObs.DataPlane.Retraining.Api;

/// <summary>Windows of transactions for training.</summary>
internal static class TrainingWindowsApi
{
    public static void MapTrainingWindows(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/training-windows").WithTags("Retraining");
        group.MapPost("", FreezeAsync).RequirePermission(Permissions.ModelRetrain).ProducesProblem(StatusCodes.Status422UnprocessableEntity).WithName("FreezeTrainingWindow")
            .WithSummary("Freeze which transactions, with labels as of when, a model is trained on.");
        group.MapGet("/{id:guid}", StreamAsync).RequirePermissionOrTrainer(Permissions.ModelRetrain).Produces(StatusCodes.Status200OK, contentType: "text/csv").ProducesProblem(StatusCodes.Status404NotFound).WithName("ReadTrainingWindow")
            .WithSummary("The window as CSV of the import schema, in the order of receipt; gzip where asked for. Accounts and counterparties are tokens.");
        group.MapGet("/{id:guid}/info", InfoAsync).RequirePermission(Permissions.ModelRetrain).WithName("GetTrainingWindow").WithSummary("What the window is, and its digest once it was read.");
    }

    private static async Task<Results<Created<TrainingWindowAnswer>, ProblemHttpResult>> FreezeAsync(
        NewTrainingWindow body, HttpContext context, TrainingWindows windows, RouteStore routes, CancellationToken cancellationToken)
    {
        string @namespace = body.Namespace ?? ModelRouter.DefaultNamespace;
        if ((body.Model ?? (await routes.DecidingAsync(@namespace, cancellationToken))?.Model) is not { } model)
        {
            return RetrainingProblems.NoModel(@namespace);
        }

        try
        {
            TrainingWindowRow row = await windows.FreezeAsync(new WindowRequest(@namespace, model, body.From, body.To, body.AsOf, Caller.NameOf(context)), cancellationToken);
            return TypedResults.Created($"/v1/training-windows/{row.Id}", TrainingWindowAnswer.Of(row));
        }
        catch (ArgumentException wrong)
        {
            return RetrainingProblems.Invalid(wrong.Message.Split(" (Parameter")[0]);
        }
    }

    private static async Task<Results<Ok<TrainingWindowAnswer>, ProblemHttpResult>> InfoAsync(Guid id, TrainingWindows windows, CancellationToken cancellationToken) =>
        await windows.FindAsync(id, cancellationToken) is { } row ? TypedResults.Ok(TrainingWindowAnswer.Of(row)) : RetrainingProblems.NoWindow(id);

    /// <summary>A window that is not what it was ends the connection in the middle: whoever reads must not take a part for the whole.</summary>
    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> StreamAsync(Guid id, HttpContext context, TrainingWindows windows, WindowStream stream, CancellationToken cancellationToken)
    {
        string? trainsIn = Caller.TrainsIn(context.User);
        if (await windows.FindAsync(id, cancellationToken) is not { } window || (trainsIn is not null && trainsIn != window.Namespace))
        {
            return RetrainingProblems.NoWindow(id);
        }

        context.Response.ContentType = "text/csv; charset=utf-8; header=present";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            await stream.WriteAsync(window, context.Response.Body, cancellationToken);
            return TypedResults.Empty;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        await using GZipStream zip = new(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await stream.WriteAsync(window, zip, cancellationToken);
        return TypedResults.Empty;
    }
}

/// <summary>What is said where something cannot be done.</summary>
internal static class RetrainingProblems
{
    public static ProblemHttpResult Invalid(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The request is not valid.");

    public static ProblemHttpResult NoModel(string @namespace) => Invalid($"No model decides for the namespace {@namespace}: say which `model`, see GET /v1/models.");

    public static ProblemHttpResult NoWindow(Guid id) => NotFound($"There is no training window {id}: POST /v1/training-windows freezes one.");

    public static ProblemHttpResult NoRun(Guid id) => NotFound($"There is no retraining run {id}: GET /v1/retraining-runs lists those there are.");

    public static ProblemHttpResult NotYours() => TypedResults.Problem(
        "The run is over, or another worker has it: stop, and ask GET /v1/retraining-runs/{id} what became of it.", statusCode: StatusCodes.Status409Conflict, title: "Not your run.");

    private static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found.");
}
