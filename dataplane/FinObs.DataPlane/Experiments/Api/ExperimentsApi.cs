using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Resources;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Experiments.Api;

/// <summary>Experiments: where they are, what they found, and what a person can do with them. They are made as resources, <c>PUT /v1/namespaces/{namespace}/abexperiments/{name}</c>.</summary>
internal static class ExperimentsApi
{
    private const int MostChanges = 200;
    private const int LongestReason = 1_000;

    public static IEndpointRouteBuilder MapExperiments(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/experiments").WithTags("Experiments");
        group.MapGet("", ListAsync).RequirePermission(Permissions.ModelRead).WithName("ListExperiments").WithSummary("The experiments of a namespace.");
        group.MapGet("/{namespace}/{name}", GetAsync).RequirePermission(Permissions.ModelRead).ProducesProblem(StatusCodes.Status404NotFound).WithName("GetExperiment").WithSummary("One experiment with its history.");
        group.MapGet("/{namespace}/{name}/results", ResultsAsync).RequirePermission(Permissions.ModelRead).ProducesProblem(StatusCodes.Status404NotFound).WithName("GetExperimentResults")
            .WithSummary("The last look: counts of each arm, tests, guardrails and the verdict.");
        Verb(group, ExperimentVerb.Pause, "Take no look for now; units stay in their arms.");
        Verb(group, ExperimentVerb.Resume, "Go on; the signals that paused it do not pause it again.");
        Verb(group, ExperimentVerb.Stop, "End it: the stable version decides everything again.");
        Verb(group, ExperimentVerb.Promote, "Ask people to agree that the treatment that won decides everything; only once the verdict says so.");
        app.MapAgentExperiments();
        return app;
    }

    private static void Verb(RouteGroupBuilder group, ExperimentVerb verb, string summary) =>
        group.MapPost($"/{{namespace}}/{{name}}/{verb.ToString().ToLowerInvariant()}", (string @namespace, string name, ExperimentVerbRequest body, HttpContext context, ExperimentVerbs verbs, PiiGuard pii, CancellationToken cancellationToken) =>
                DoAsync(@namespace, name, verb, body, context, verbs, pii, cancellationToken))
            .RequirePermission(Permissions.ModelConfig).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithName($"{verb}Experiment").WithSummary(summary);

    private static async Task<Ok<ExperimentList>> ListAsync(
        ResourceCatalogue catalogue, ExperimentStore store, PiiGuard pii, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        Dictionary<string, ExperimentRow> rows = (await store.OfAsync(@namespace, cancellationToken)).ToDictionary(row => row.Uid);
        return TypedResults.Ok(new ExperimentList(
            [.. catalogue.Current.Of(@namespace, ResourceKinds.ABExperiment.Name).Select(resource => ExperimentAnswer.Of(@namespace, resource.Key.Name, SpecOf(resource), rows.GetValueOrDefault(resource.Row.Uid), pii))]));
    }

    private static async Task<Results<Ok<ExperimentDetail>, ProblemHttpResult>> GetAsync(string @namespace, string name, ExperimentVerbs verbs, ExperimentStore store, PiiGuard pii, CancellationToken cancellationToken)
    {
        if (verbs.Find(@namespace, name) is not { } resource)
        {
            return NotFound(@namespace, name);
        }

        ExperimentRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        ABExperimentSpec spec = SpecOf(resource);
        spec = spec with { Hypothesis = spec.Hypothesis is { } text ? pii.Clean(text) : null };
        List<ExperimentChangeRow> changes = await store.ChangesAsync(resource.Row.Uid, MostChanges, cancellationToken);
        return TypedResults.Ok(new ExperimentDetail(
            ExperimentAnswer.Of(@namespace, name, spec, row, pii), JsonSerializer.SerializeToElement(spec, ResourceJson.Lenient), [.. changes.Select(change => ExperimentChangeAnswer.Of(change, pii))]));
    }

    private static async Task<Results<Ok<ExperimentResults>, ProblemHttpResult>> ResultsAsync(string @namespace, string name, ExperimentVerbs verbs, ExperimentStore store, PiiGuard pii, CancellationToken cancellationToken)
    {
        if (verbs.Find(@namespace, name) is not { } resource)
        {
            return NotFound(@namespace, name);
        }

        ExperimentRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
        return TypedResults.Ok(ExperimentResults.Of(ExperimentAnswer.Of(@namespace, name, SpecOf(resource), row, pii), row));
    }

    private static async Task<Results<Ok<ExperimentAnswer>, ProblemHttpResult>> DoAsync(
        string @namespace, string name, ExperimentVerb verb, ExperimentVerbRequest body, HttpContext context, ExperimentVerbs verbs, PiiGuard pii, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > LongestReason)
        {
            return TypedResults.Problem($"Say why in reason, in at most {LongestReason} characters: it goes to the audit log.", statusCode: StatusCodes.Status422UnprocessableEntity, title: "A reason is missing.");
        }

        return await verbs.DoAsync(@namespace, name, verb, body.Reason, Caller.NameOf(context), cancellationToken) switch
        {
            ExperimentOutcome.Done { Row: var row } => TypedResults.Ok(ExperimentAnswer.Of(@namespace, name, SpecOf(verbs.Find(@namespace, name)!), row, pii)),
            ExperimentOutcome.Not { Why: var why } => TypedResults.Problem(why, statusCode: StatusCodes.Status409Conflict, title: "Not in this state."),
            _ => NotFound(@namespace, name),
        };
    }

    internal static ABExperimentSpec SpecOf(StoredResource resource) => ((ABExperiment)resource.Resource).Spec;

    private static ProblemHttpResult NotFound(string @namespace, string name) => TypedResults.Problem(
        $"There is no experiment {name} in {@namespace}. GET /v1/experiments?namespace={@namespace} lists those there are; PUT /v1/namespaces/{@namespace}/abexperiments/{name} makes one.",
        statusCode: StatusCodes.Status404NotFound, title: "Not found");
}
