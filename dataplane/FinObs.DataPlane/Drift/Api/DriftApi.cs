using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Resources;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Drift.Api;

/// <summary>Whether the models still see what they were trained on.</summary>
internal static class DriftApi
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;
    private const int MostHours = 24 * 31;

    public static IEndpointRouteBuilder MapDrift(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/drift").WithTags("Drift");
        group.MapGet("", ListAsync).RequirePermission(Permissions.ModelRead).WithName("ListDrift").WithSummary("Each drift policy of a namespace with its last check; without one, how the deciding version is watched by default.");
        group.MapGet("/checks", ChecksAsync).RequirePermission(Permissions.ModelRead).WithName("ListDriftChecks").WithSummary("Checks, newest first, a page at a time; of one policy with ?policy=.");
        group.MapGet("/checks/{id:guid}", CheckAsync).RequirePermission(Permissions.ModelRead).WithName("GetDriftCheck").WithSummary("One check with its whole report.");
        group.MapPost("/check", AskAsync).RequirePermission(Permissions.ModelDriftCheck).WithName("CheckDrift")
            .WithSummary("Compare the last hours of a model with its reference, now; with exact=true also row by row. It is kept like every check; nothing follows from it.");
        app.MapAgentDrift();
        return app;
    }

    private static async Task<Ok<DriftList>> ListAsync(
        ResourceCatalogue catalogue, DriftChecks checks, DefaultWatch defaults, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        List<DriftPolicyAnswer> policies = [];
        foreach (StoredResource resource in catalogue.Current.Of(@namespace, ResourceKinds.DriftPolicy.Name))
        {
            DriftPolicySpec spec = ((DriftPolicy)resource.Resource).Spec;
            DriftCheckRow? last = await checks.LastAsync(resource.Row.Uid, cancellationToken);
            policies.Add(new DriftPolicyAnswer(resource.Key.Name, spec.ModelRef.Model, spec.Schedule, last is null ? null : DriftCheckAnswer.Of(last)));
        }

        if (await defaults.OfAsync(@namespace, cancellationToken) is { } watch)
        {
            DriftCheckRow? last = await checks.LastAsync(watch.Uid, cancellationToken);
            policies.Add(new DriftPolicyAnswer(watch.Policy, watch.Version.Model, watch.Spec.Schedule, last is null ? null : DriftCheckAnswer.Of(last)));
        }

        return TypedResults.Ok(new DriftList(policies));
    }

    private static async Task<Results<Ok<DriftCheckPage>, ProblemHttpResult>> ChecksAsync(
        DriftChecks checks, string? policy, Guid? before, int? limit, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        if (limit is < 1 or > MostLimit)
        {
            return Bad($"limit must be from 1 to {MostLimit}.");
        }

        int most = limit ?? DefaultLimit;
        List<DriftCheckRow> rows = await checks.PageAsync(@namespace, policy, before, most, cancellationToken);
        return TypedResults.Ok(new DriftCheckPage([.. rows.Select(DriftCheckAnswer.Of)], rows.Count == most ? rows[^1].Id : null));
    }

    private static async Task<Results<Ok<DriftCheckDetail>, ProblemHttpResult>> CheckAsync(Guid id, DriftChecks checks, CancellationToken cancellationToken) =>
        await checks.FindAsync(id, cancellationToken) is { } row
            ? TypedResults.Ok(DriftCheckDetail.Of(row))
            : TypedResults.Problem("There is no such check: GET /v1/drift/checks lists them.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");

    private static async Task<Results<Ok<DriftCheckDetail>, ProblemHttpResult>> AskAsync(
        HttpContext context, DriftChecks checks, DriftEvaluator evaluator, ExactFigures figures, TimeProvider time, string? model, string? version, double? hours, int? minSamples, bool? exact,
        CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        if (hours is { } span && (!double.IsFinite(span) || span * 60 < WindowBuckets.Length.TotalMinutes || span > MostHours))
        {
            return Bad($"hours must be from {WindowBuckets.Length.TotalHours:0.###} (one bucket) to {MostHours}.");
        }

        if (minSamples is < 50)
        {
            return Bad("minSamples must be 50 or more: fewer transactions say nothing.");
        }

        if (await evaluator.VersionAsync(@namespace, model, version, cancellationToken) is not { } watched)
        {
            return TypedResults.Problem(
                $"No version to watch: {(model is null ? "nothing decides" : $"{model} does not decide")} in {@namespace}. Name model and version; GET /v1/models lists them.",
                statusCode: StatusCodes.Status404NotFound, title: "Not found.");
        }

        DriftCheckRequest request = DriftAsking.RequestOf(watched, @namespace, TimeSpan.FromHours(hours ?? 24), minSamples, Caller.NameOf(context), time.GetUtcNow());
        if (exact == true)
        {
            (ExactReport? report, string? problem) = await figures.CompareAsync(@namespace, watched.Id, request.From, request.To, cancellationToken);
            if (problem is not null)
            {
                return TypedResults.Problem(problem, statusCode: StatusCodes.Status422UnprocessableEntity, title: "No exact check of this window.");
            }

            request = request with { Exact = report };
        }

        return TypedResults.Ok(DriftCheckDetail.Of(await checks.RunAsync(request, cancellationToken)));
    }

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The request is not valid.");
}

/// <summary>A check that somebody asks for.</summary>
internal static class DriftAsking
{
    /// <param name="version">What is watched.</param>
    /// <param name="namespace">Whose transactions.</param>
    /// <param name="length">How far back.</param>
    /// <param name="minSamples">Fewer are not judged; null = as a policy would have it.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="now">When.</param>
    public static DriftCheckRequest RequestOf(RouteVersion version, string @namespace, TimeSpan length, int? minSamples, string actor, DateTimeOffset now)
    {
        // Whatever can be judged: who asks wants to see all of it.
        DriftPolicySpec spec = new() { ModelRef = new ModelRef { Model = version.Model }, Targets = Enum.GetValues<DriftTarget>() };
        spec = spec with { Window = spec.Window with { MinSamples = minSamples ?? spec.Window.MinSamples } };

        // The bucket under way is part of it: who asks wants to see what has just happened.
        DateTimeOffset to = WindowBuckets.StartOf(now) + WindowBuckets.Length;
        return new DriftCheckRequest(@namespace, "", $"asked:{Guid.CreateVersion7(now)}", spec, version, now, WindowBuckets.StartOf(to - length), to, actor);
    }
}
