using System.Globalization;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Api;

/// <summary>What people do with a target's deliveries. What the target is, the door of resources says.</summary>
internal static class CallbacksApi
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 500;

    /// <summary>With it an act is done once, however often it is asked for under the same value.</summary>
    private const string OnceHeader = "Idempotency-Key";

    public static IEndpointRouteBuilder MapCallbacks(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/v1/namespaces/{namespace}/callbacktargets/{name}").WithTags("Callbacks").ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("/deliveries", DeliveriesAsync).RequirePermission(Permissions.DeliveryRead).WithName("ListDeliveries").WithSummary("Attempts to deliver, newest first, with excerpts of what was sent and answered.");
        one.MapGet("/dead-letters", DeadLettersAsync).RequirePermission(Permissions.DeliveryRead).WithName("ListDeadLetters").WithSummary("Messages that were given up, newest first.");
        one.MapPost("/dead-letters/{id}/replay", ReplayOneAsync).RequirePermission(Permissions.DeliveryOperate).WithName("ReplayDeadLetter").WithSummary("Send one dead letter again, under the same id.");
        one.MapPost("/dead-letters/replay", ReplayLettersAsync).RequirePermission(Permissions.DeliveryOperate).WithName("ReplayDeadLetters").WithSummary("Send dead letters again: all, or those of events from since until before until.");
        one.MapPost("/replay", ReplayLogAsync).RequirePermission(Permissions.DeliveryOperate).WithName("ReplayEvents").WithSummary("Send again whatever the log of events (seven days) holds for the target, delivered before or not, under the same ids.");
        one.MapPost("/test", TestAsync).RequirePermission(Permissions.DeliveryOperate).WithName("TestCallback").WithSummary("Send a test message now and say what came of it.");
        one.MapPost("/enable", EnableAsync).RequirePermission(Permissions.DeliveryOperate).WithName("EnableCallback").WithSummary("Go on delivering to a target that was disabled, or whose circuit is open.");
        app.MapSeedCallbacks();
        return app;
    }

    private static async Task<Results<Ok<CallbackPage<AttemptAnswer>>, ProblemHttpResult>> DeliveriesAsync(
        string @namespace, string name, IDatabase database, string? before, int? limit, string? message, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        Guid last = default, about = default;
        if (most is < 1 or > MostLimit || (before is not null && !Guid.TryParse(before, out last)) || (message is not null && CallbackIds.Parse(message) is null))
        {
            return CallbackProblems.BadPage;
        }

        about = message is null ? default : CallbackIds.Parse(message)!.Value;
        await using FinObsDbContext db = database.CreateContext();
        List<CallbackAttemptRow> rows = await db.CallbackAttempts
            .Where(row => row.Namespace == @namespace && row.Target == name && (before == null || row.Id < last) && (message == null || row.DeliveryId == about))
            .OrderByDescending(row => row.Id).Take(most).ToListAsync(cancellationToken);
        return TypedResults.Ok(new CallbackPage<AttemptAnswer>([.. rows.Select(AttemptAnswer.Of)], rows.Count == most ? rows[^1].Id.ToString() : null));
    }

    private static async Task<Results<Ok<CallbackPage<DeadLetterAnswer>>, ProblemHttpResult>> DeadLettersAsync(
        string @namespace, string name, DeadLetterStore letters, string? before, int? limit, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        (DateTimeOffset, Guid)? cursor = Cursor(before);
        if (most is < 1 or > MostLimit || (before is not null && cursor is null))
        {
            return CallbackProblems.BadPage;
        }

        List<CallbackDeadLetterRow> rows = await letters.NewestAsync(@namespace, name, cursor, most, cancellationToken);
        string? next = rows.Count == most ? string.Create(CultureInfo.InvariantCulture, $"{rows[^1].DiedAt.UtcTicks}_{rows[^1].Id:N}") : null;
        return TypedResults.Ok(new CallbackPage<DeadLetterAnswer>([.. rows.Select(DeadLetterAnswer.Of)], next));
    }

    private static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> ReplayOneAsync(
        string @namespace, string name, string id, HttpContext context, ResourceCatalogue catalogue, CallbackReplay replay, CancellationToken cancellationToken)
    {
        if (Find(catalogue, @namespace, name) is not { } target)
        {
            return CallbackProblems.NoTarget(@namespace, name);
        }

        return CallbackIds.Parse(id) is { } message && await replay.OneAsync(target.Key, message, Caller.NameOf(context), cancellationToken)
            ? TypedResults.Ok(new ReplayAnswer(1, false))
            : CallbackProblems.NoLetter(id);
    }

    private static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> ReplayLettersAsync(
        string @namespace, string name, DateTimeOffset? since, DateTimeOffset? until, [FromHeader(Name = OnceHeader)] string? key, HttpContext context, ResourceCatalogue catalogue, CallbackReplay replay, CancellationToken cancellationToken)
    {
        if (Find(catalogue, @namespace, name) is not { } target)
        {
            return CallbackProblems.NoTarget(@namespace, name);
        }

        ReplayOutcome outcome = await replay.LettersAsync(target.Key, new DeadLetterRange(since, until), Asked(context, target.Key, "replay", key), cancellationToken);
        return TypedResults.Ok(new ReplayAnswer(outcome.Messages, outcome.More, outcome.Next));
    }

    private static async Task<Results<Ok<ReplayAnswer>, ProblemHttpResult>> ReplayLogAsync(
        string @namespace, string name, DateTimeOffset? since, DateTimeOffset? until, [FromHeader(Name = OnceHeader)] string? key, HttpContext context, ResourceCatalogue catalogue, CallbackReplay replay, CancellationToken cancellationToken)
    {
        if (Find(catalogue, @namespace, name) is not { } target)
        {
            return CallbackProblems.NoTarget(@namespace, name);
        }

        ReplayOutcome outcome = await replay.LogAsync(target.Key, ((CallbackTarget)target.Resource).Spec, new DeadLetterRange(since, until), Asked(context, target.Key, "replay", key), cancellationToken);
        return TypedResults.Ok(new ReplayAnswer(outcome.Messages, outcome.More, outcome.Next));
    }

    private static async Task<Results<Ok<TestAnswer>, ProblemHttpResult>> TestAsync(
        string @namespace, string name, [FromHeader(Name = OnceHeader)] string? key, CallbackEndpoints endpoints, TestSender tests, CancellationToken cancellationToken)
    {
        if (endpoints.Find(new ResourceKey(@namespace, ResourceKinds.CallbackTarget.Name, name)) is not { } endpoint)
        {
            return CallbackProblems.NoTarget(@namespace, name);
        }

        return endpoint.Problem is { } problem ? CallbackProblems.NotSendable(problem) : TypedResults.Ok(await tests.SendAsync(endpoint, Once(endpoint.Key, "test", key), cancellationToken));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EnableAsync(
        string @namespace, string name, [FromHeader(Name = OnceHeader)] string? key, HttpContext context, ResourceCatalogue catalogue, CallbackReplay replay, TargetActs acts, DeliverySignal signal,
        CancellationToken cancellationToken)
    {
        if (Find(catalogue, @namespace, name) is not { } target)
        {
            return CallbackProblems.NoTarget(@namespace, name);
        }

        ActRequest asked = Asked(context, target.Key, "enable", key);
        if (await acts.DoneAsync(asked.Once, cancellationToken) is not null)
        {
            return TypedResults.NoContent();
        }

        CallbackStateRow state = await replay.StateAsync(target.Key, cancellationToken) ?? new CallbackStateRow { Namespace = @namespace, Target = name };
        await acts.EnableAsync(target.Key, state, asked, cancellationToken);
        signal.Raise();
        return TypedResults.NoContent();
    }

    private static ActRequest Asked(HttpContext context, ResourceKey target, string what, string? key) => new(Caller.NameOf(context), Once(target, what, key));

    private static Guid? Once(ResourceKey target, string what, string? key) => string.IsNullOrEmpty(key) ? null : CallbackIds.OfRequest(target, what, key);

    private static StoredResource? Find(ResourceCatalogue catalogue, string @namespace, string name) => catalogue.Current.Find(new ResourceKey(@namespace, ResourceKinds.CallbackTarget.Name, name));

    private static (DateTimeOffset DiedAt, Guid Id)? Cursor(string? text) =>
        text?.Split('_') is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out long at) && at <= DateTime.MaxValue.Ticks && Guid.TryParse(id, out Guid last)
            ? (new DateTimeOffset(at, TimeSpan.Zero), last)
            : null;
}
