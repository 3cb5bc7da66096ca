using System.Text;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Pulls.Api;

/// <summary>What can be done about a PullSource beside its spec: run it now, let it go on, see its runs, and settle its bad items.</summary>
internal static class PullsApi
{
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapPulls(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/v1/namespaces/{namespace}/pullsources/{name}").WithTags("Pulls").ProducesProblem(StatusCodes.Status404NotFound);
        one.MapPost("/trigger", TriggerAsync).RequirePermission(Permissions.DeliveryOperate).WithName("TriggerPull").WithSummary("Run it now; also where it rests after failures.");
        one.MapPost("/resume", ResumeAsync).RequirePermission(Permissions.DeliveryOperate).WithName("ResumePull").WithSummary("Let a source that rests after too many failures go on.");
        one.MapGet("/runs", RunsAsync).RequirePermission(Permissions.DeliveryRead).WithName("ListPullRuns").WithSummary("Its runs, newest first.");
        one.MapGet("/quarantine", QuarantineAsync).RequirePermission(Permissions.DeliveryRead).WithName("ListPullQuarantine").WithSummary("Items that were no transactions, newest first, without what they hold.");
        one.MapGet("/quarantine/{id:guid}", ItemAsync).RequirePermission(Permissions.PersonalDataRead).WithName("GetPullQuarantined").WithSummary("One of them, with its text as it was fetched: it may be personal data.");
        one.MapPost("/quarantine/{id:guid}/retry", RetryAsync).RequirePermission(Permissions.DeliveryOperate).WithName("RetryPullQuarantined").WithSummary("Take it in after all, by the mapping as it is now.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        one.MapDelete("/quarantine/{id:guid}", DiscardAsync).RequirePermission(Permissions.DeliveryOperate).WithName("DiscardPullQuarantined").WithSummary("Leave it out for good.");
        return app.MapWebhookPulls();
    }

    public static ResourceKey Key(string @namespace, string name) => new(@namespace, ResourceKinds.PullSource.Name, name);

    public static ProblemHttpResult NotFound(ResourceKey key) =>
        Problem(StatusCodes.Status404NotFound, "not_found", $"There is no {key.Kind} {key.Name} in the namespace {key.Namespace}, or it is not made so yet.");

    private static async Task<Results<Accepted, ProblemHttpResult>> TriggerAsync(string @namespace, string name, HttpContext context, PullActs acts, CancellationToken cancellationToken)
    {
        ResourceKey key = Key(@namespace, name);
        return await acts.TriggerAsync(key, Caller.NameOf(context), cancellationToken) ? TypedResults.Accepted($"{key.Path}/runs") : NotFound(key);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ResumeAsync(string @namespace, string name, HttpContext context, PullActs acts, CancellationToken cancellationToken)
    {
        ResourceKey key = Key(@namespace, name);
        return await acts.ResumeAsync(key, Caller.NameOf(context), cancellationToken)
            ? TypedResults.NoContent()
            : Problem(StatusCodes.Status404NotFound, "not_suspended", $"{key} is not there, or does not rest after failures: nothing is to be resumed. spec.suspend is lifted in the spec.");
    }

    private static async Task<Results<Ok<PullRunList>, ProblemHttpResult>> RunsAsync(
        string @namespace, string name, PullStore store, IDatabase database, CancellationToken cancellationToken, DateTimeOffset? before = null, int limit = 50)
    {
        ResourceKey key = Key(@namespace, name);
        if (await store.FindAsync(@namespace, name, cancellationToken) is null)
        {
            return NotFound(key);
        }

        DateTimeOffset until = (before ?? DateTimeOffset.MaxValue.AddYears(-1)).ToUniversalTime();
        int most = Math.Clamp(limit, 1, MostLimit);
        await using FinObsDbContext db = database.CreateContext();
        List<PullRunRow> rows = await db.PullRuns.Where(row => row.Namespace == @namespace && row.Name == name && row.StartedAt < until)
            .OrderByDescending(row => row.StartedAt).Take(most).ToListAsync(cancellationToken);
        return TypedResults.Ok(new PullRunList([.. rows.Select(PullRunAnswer.Of)], rows.Count == most ? rows[^1].StartedAt : null));
    }

    private static async Task<Ok<QuarantineList>> QuarantineAsync(
        string @namespace, string name, IDatabase database, CancellationToken cancellationToken, DateTimeOffset? before = null, int limit = 50, string state = QuarantineStates.Open)
    {
        DateTimeOffset until = (before ?? DateTimeOffset.MaxValue.AddYears(-1)).ToUniversalTime();
        int most = Math.Clamp(limit, 1, MostLimit);
        await using FinObsDbContext db = database.CreateContext();
        List<QuarantinedItem> items = await db.PullQuarantine.Where(row => row.Namespace == @namespace && row.Name == name && row.State == state && row.At < until)
            .OrderByDescending(row => row.At).ThenBy(row => row.Id).Take(most)
            .Select(row => new QuarantinedItem(row.Id, row.At, row.Code, row.Reason, row.State, row.Truncated)).ToListAsync(cancellationToken);
        return TypedResults.Ok(new QuarantineList(items, items.Count == most ? items[^1].At : null));
    }

    private static async Task<Results<Ok<QuarantinedText>, ProblemHttpResult>> ItemAsync(string @namespace, string name, Guid id, Quarantine quarantine, CancellationToken cancellationToken)
    {
        ResourceKey key = Key(@namespace, name);
        return await quarantine.FindAsync(key, id, cancellationToken) is { } row
            ? TypedResults.Ok(new QuarantinedText(new QuarantinedItem(row.Id, row.At, row.Code, row.Reason, row.State, row.Truncated), quarantine.Open(row) is { } raw ? Encoding.UTF8.GetString(raw) : null))
            : NoItem(id);
    }

    private static async Task<Results<Ok<RetryAnswer>, ProblemHttpResult>> RetryAsync(string @namespace, string name, Guid id, HttpContext context, QuarantineRetry retry, CancellationToken cancellationToken)
    {
        ResourceKey key = Key(@namespace, name);
        return await retry.DoAsync(key, id, Caller.NameOf(context), cancellationToken) switch
        {
            RetryOutcome.Taken taken => TypedResults.Ok(new RetryAnswer(id, taken.TransactionId, taken.Duplicate, taken.Flagged)),
            RetryOutcome.NotWhole => Problem(StatusCodes.Status409Conflict, "not_whole", RetryOutcome.NotWhole.Why),
            RetryOutcome.NoModel without => Problem(StatusCodes.Status409Conflict, "model_missing", without.Why),
            RetryOutcome.StillBad bad => Problem(StatusCodes.Status422UnprocessableEntity, bad.Code, bad.Why),
            RetryOutcome.NoItem => NoItem(id),
            _ => NotFound(key),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DiscardAsync(string @namespace, string name, Guid id, HttpContext context, PullActs acts, CancellationToken cancellationToken) =>
        await acts.SettleAsync(Key(@namespace, name), id, QuarantineStates.Discarded, Caller.NameOf(context), cancellationToken) ? TypedResults.NoContent() : NoItem(id);

    private static ProblemHttpResult NoItem(Guid id) => Problem(StatusCodes.Status404NotFound, "not_found", $"There is no open item {id} in the quarantine of this source.");

    private static ProblemHttpResult Problem(int status, string code, string detail) =>
        TypedResults.Problem(detail, statusCode: status, extensions: [KeyValuePair.Create<string, object?>("code", code)]);
}
