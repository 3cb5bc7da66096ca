using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Rollout.Shadow;
using FinObs.DataPlane.Rollout.Steps;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Rollout.Api;

/// <summary>Rollouts: where they are, how they got there, and what a person can do with them.</summary>
internal static class RolloutsApi
{
    private const int MostChanges = 200;
    private const int LongestReason = 1_000;

    public static IEndpointRouteBuilder MapRollouts(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/rollouts").WithTags("Rollouts");
        group.MapGet("", ListAsync).RequirePermission(Permissions.ModelRead).WithName("ListRollouts").WithSummary("The route of a namespace with its shares, and its rollouts.");
        group.MapGet("/{namespace}/{name}", GetAsync).RequirePermission(Permissions.ModelRead).ProducesProblem(StatusCodes.Status404NotFound).WithName("GetRollout")
            .WithSummary("One rollout: its step, what it waits for, its analyses and its history.");
        Verb(group, RolloutVerb.Rollback, "Take the version out of traffic at once: the stable one, or the one before it, decides.");
        Verb(group, RolloutVerb.Retry, "Take the steps again from the first.");
        Verb(group, RolloutVerb.Pause, "Stop where it is; its share stays.");
        Verb(group, RolloutVerb.Resume, "Go on where it was paused.");
        Verb(group, RolloutVerb.Promote, "Leave the remaining steps out; beyond maxAutoWeight somebody else has to agree.");
        return app;
    }

    private static void Verb(RouteGroupBuilder group, RolloutVerb verb, string summary) =>
        group.MapPost($"/{{namespace}}/{{name}}/{verb.ToString().ToLowerInvariant()}", (string @namespace, string name, VerbRequest body, HttpContext context, RolloutVerbs verbs, PiiGuard pii, CancellationToken cancellationToken) =>
                DoAsync(@namespace, name, verb, body, context, verbs, pii, cancellationToken))
            .RequirePermission(Permissions.ModelConfig).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithName($"{verb}Rollout").WithSummary(summary);

    private static async Task<Ok<RolloutList>> ListAsync(
        RolloutStore store, RolloutVerbs verbs, RouteStore routes, ShadowQueue shadows, PiiGuard pii, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        ModelRoute route = await routes.FindAsync(@namespace, cancellationToken);
        RolloutRow[] rows = [.. (await store.OfAsync(@namespace, cancellationToken)).Where(verbs.IsThere)];
        return TypedResults.Ok(new RolloutList(
            new RouteAnswer(route.Namespace, route.Generation, route.Stable?.Name, route.Previous?.Name, route.Split?.Holder, [.. rows.Where(row => row.Weight > 0 && row.Phase != RolloutPhase.Promoted).Select(row => new ShareAnswer($"{row.Model}@{row.Version}", row.Weight))]),
            new ShadowAnswer(shadows.Waiting, shadows.Dropped),
            [.. rows.Select(row => RolloutAnswer.Of(row, pii))]));
    }

    private static async Task<Results<Ok<RolloutDetail>, ProblemHttpResult>> GetAsync(
        string @namespace, string name, RolloutVerbs verbs, RolloutStore store, Rollouts rollouts, PiiGuard pii, CancellationToken cancellationToken)
    {
        if (verbs.Find(@namespace, name) is not { } resource || await rollouts.LookAsync(resource, cancellationToken) is not { } look)
        {
            return NotFound(@namespace, name);
        }

        List<RolloutChangeRow> changes = await store.ChangesAsync(resource.Row.Uid, MostChanges, cancellationToken);
        RolloutNext.Wait? wait = look.Next as RolloutNext.Wait;
        RolloutPlan? plan = RolloutPlan.Of(((ModelVersion)resource.Resource).Spec);
        return TypedResults.Ok(new RolloutDetail(
            RolloutAnswer.Of(look.Row, pii), wait?.Gate, wait?.Gate is null ? null : pii.Clean(wait.Hint), JsonSerializer.SerializeToElement(plan?.Steps ?? [], ResourceJson.Lenient),
            AnalysisAnswer.All(look.Row.Analysis), [.. changes.Select(change => RolloutChangeAnswer.Of(change, pii))]));
    }

    private static async Task<Results<Ok<RolloutAnswer>, ProblemHttpResult>> DoAsync(
        string @namespace, string name, RolloutVerb verb, VerbRequest body, HttpContext context, RolloutVerbs verbs, PiiGuard pii, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > LongestReason)
        {
            return TypedResults.Problem($"Say why in reason, in at most {LongestReason} characters: it goes to the audit log.", statusCode: StatusCodes.Status422UnprocessableEntity, title: "A reason is missing.");
        }

        return await verbs.DoAsync(@namespace, name, verb, body.Reason, Caller.NameOf(context), cancellationToken) switch
        {
            VerbOutcome.Done done => TypedResults.Ok(RolloutAnswer.Of(done.Row, pii)),
            VerbOutcome.Not { Why: var why } => TypedResults.Problem(why, statusCode: StatusCodes.Status409Conflict, title: "Not in this state."),
            _ => NotFound(@namespace, name),
        };
    }

    private static ProblemHttpResult NotFound(string @namespace, string name) => TypedResults.Problem(
        $"There is no rollout {name} in {@namespace}: it has the name of its ModelVersion, and begins once that is loaded. GET /v1/rollouts?namespace={@namespace} lists those there are.",
        statusCode: StatusCodes.Status404NotFound, title: "Not found");
}
