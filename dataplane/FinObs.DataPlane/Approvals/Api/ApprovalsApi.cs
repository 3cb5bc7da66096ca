using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Approvals.Api;

/// <summary>Who approved what: reading requests, and deciding on them.</summary>
internal static class ApprovalsApi
{
    private const int MostDays = 366;

    public static IEndpointRouteBuilder MapApprovals(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/approvals").WithTags("Approvals");
        group.MapGet("", ListAsync).RequirePermission(Permissions.ApprovalRead).WithName("ListApprovals").WithSummary("Requests for approval, newest first; mine=true: those that wait for the caller.");
        group.MapGet("/metrics", FiguresAsync).RequirePermission(Permissions.ApprovalRead).WithName("ApprovalMetrics").WithSummary("How many requests of the last days ended how, how long it took, and who decided.");
        group.MapGet("/{id:guid}", GetAsync).RequirePermission(Permissions.ApprovalRead).WithName("GetApproval").WithSummary("One request: exactly what, its evidence, its chain, and what each person said.");
        group.MapPost("/{id:guid}/approve", ApproveAsync).RequirePermission(Permissions.ApprovalDecide).WithName("Approve").WithSummary("Agree to exactly what boundHash stands for; the last word that is needed has it done at once.");
        group.MapPost("/{id:guid}/reject", RejectAsync).RequirePermission(Permissions.ApprovalDecide).WithName("Reject").WithSummary("Refuse: one refusal ends the request.");
        group.MapPost("/{id:guid}/cancel", CancelAsync).RequirePermission(Permissions.ApprovalRead).WithName("CancelApproval").WithSummary("Take back what one asked for oneself.");
        group.MapPost("/rehearsals", RehearseAsync).RequirePermission(Permissions.ApprovalDecide).WithName("RehearseApproval").WithSummary("Walk a chain to its end without anything being done; every record says simulation.");
        return app;
    }

    private static async Task<Results<Ok<ApprovalPage>, ProblemHttpResult>> ListAsync(
        [AsParameters] ApprovalQuery query, IDatabase database, HttpContext context, CancellationToken cancellationToken)
    {
        if (query.Problem() is { } problem)
        {
            return ApprovalProblems.Bad(problem);
        }

        await using FinObsDbContext db = database.CreateContext();
        List<ApprovalRequestRow> rows = await query.Apply(db, Voter.Of(context)).ToListAsync(cancellationToken);
        return TypedResults.Ok(new ApprovalPage([.. rows.Select(ApprovalSummary.Of)], rows.Count == query.Size ? rows[^1].Id.ToString("N") : null));
    }

    private static async Task<Results<Ok<ApprovalDetail>, ProblemHttpResult>> GetAsync(
        Guid id, ApprovalStore store, IOptions<AccessOptions> access, HttpContext context, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(ApprovalDetail.Of(found, SeesAll(access, context))) : ApprovalProblems.Unknown;

    private static Task<Results<Ok<ApprovalDetail>, ProblemHttpResult>> ApproveAsync(
        Guid id, ApprovalDecisionRequest body, ApprovalVoting voting, HttpContext context, CancellationToken cancellationToken) =>
        DecideAsync(id, body, approves: true, voting, context, cancellationToken);

    private static Task<Results<Ok<ApprovalDetail>, ProblemHttpResult>> RejectAsync(
        Guid id, ApprovalDecisionRequest body, ApprovalVoting voting, HttpContext context, CancellationToken cancellationToken) =>
        DecideAsync(id, body, approves: false, voting, context, cancellationToken);

    private static async Task<Results<Ok<ApprovalDetail>, ProblemHttpResult>> DecideAsync(
        Guid id, ApprovalDecisionRequest body, bool approves, ApprovalVoting voting, HttpContext context, CancellationToken cancellationToken)
    {
        if (body.Problem() is { } problem)
        {
            return ApprovalProblems.Bad(problem);
        }

        return Answer(await voting.DecideAsync(id, new ApprovalWord(Voter.Of(context), approves, body.BoundHash!, body.Reason!), cancellationToken));
    }

    private static async Task<Results<Ok<ApprovalDetail>, ProblemHttpResult>> CancelAsync(
        Guid id, ApprovalCancelRequest? body, ApprovalVoting voting, HttpContext context, CancellationToken cancellationToken) =>
        Answer(await voting.CancelAsync(id, Caller.NameOf(context), string.IsNullOrWhiteSpace(body?.Reason) ? "It was taken back." : body.Reason, cancellationToken));

    private static async Task<Results<Created<ApprovalDetail>, ProblemHttpResult>> RehearseAsync(
        ApprovalRehearsalRequest body, IApprovalGate gate, ApprovalStore store, HttpContext context, CancellationToken cancellationToken)
    {
        if (body.Problem() is { } problem)
        {
            return ApprovalProblems.Bad(problem);
        }

        byte[] payload;
        byte[] evidence;
        try
        {
            payload = CanonicalJson.Canonicalize(System.Text.Encoding.UTF8.GetBytes(body.Payload!.Value.GetRawText()));
            evidence = body.Evidence is { ValueKind: not (System.Text.Json.JsonValueKind.Null or System.Text.Json.JsonValueKind.Undefined) } given
                ? CanonicalJson.Canonicalize(System.Text.Encoding.UTF8.GetBytes(given.GetRawText()))
                : [];
        }
        catch (System.Text.Json.JsonException)
        {
            return ApprovalProblems.Bad("payload and evidence must have a canonical form (RFC 8785): no name twice, no number beyond a double.");
        }

        Guid id = await gate.RequestAsync(
            new ApprovalAsk
            {
                Namespace = body.Namespace ?? "default",
                Action = body.Action!,
                Target = body.Target!,
                Summary = body.Summary!,
                Payload = payload,
                Evidence = evidence,
                RequestedBy = Caller.NameOf(context),
                Reason = body.Reason!,
                Simulation = true,
            },
            cancellationToken);
        ApprovalDetail detail = ApprovalDetail.Of((await store.FindAsync(id, cancellationToken))!, whole: true);
        return TypedResults.Created($"/v1/approvals/{id}", detail);
    }

    private static async Task<Results<Ok<ApprovalFigures>, ProblemHttpResult>> FiguresAsync(
        IDatabase database, TimeProvider time, string? @namespace, int? days, CancellationToken cancellationToken)
    {
        if (days is < 1 or > MostDays)
        {
            return ApprovalProblems.Bad($"days must be a whole number from 1 to {MostDays}.");
        }

        string name = @namespace ?? "default";
        DateTimeOffset since = time.GetUtcNow() - TimeSpan.FromDays(days ?? 30);
        await using FinObsDbContext db = database.CreateContext();
        var requests = await db.ApprovalRequests.Where(row => row.Namespace == name && row.CreatedAt >= since)
            .Select(row => new { row.Status, row.CreatedAt, row.DecidedAt, row.EscalatedAt }).ToListAsync(cancellationToken);
        var votes = await db.ApprovalVotes.Where(vote => vote.Namespace == name && vote.At >= since).GroupBy(vote => new { vote.Actor, vote.Approves })
            .Select(group => new { group.Key.Actor, group.Key.Approves, Count = group.Count() }).ToListAsync(cancellationToken);
        double[] seconds = [.. requests.Where(row => row.DecidedAt is not null).Select(row => (row.DecidedAt!.Value - row.CreatedAt).TotalSeconds)];
        return TypedResults.Ok(new ApprovalFigures(
            since,
            requests.GroupBy(row => row.Status.ToString()).ToDictionary(group => group.Key, group => group.Count()),
            seconds.Length == 0 ? null : seconds.Average(),
            requests.Count(row => row.Status == ApprovalStatus.Pending && row.EscalatedAt is not null),
            [.. votes.GroupBy(vote => vote.Actor).OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new ApproverFigures(group.Key, group.Where(vote => vote.Approves).Sum(vote => vote.Count), group.Where(vote => !vote.Approves).Sum(vote => vote.Count)))]));
    }

    private static Results<Ok<ApprovalDetail>, ProblemHttpResult> Answer(ApprovalOutcome outcome) =>
        outcome is ApprovalOutcome.Counted counted ? TypedResults.Ok(ApprovalDetail.Of(counted.Record, whole: true)) : ApprovalProblems.Of(outcome);

    private static bool SeesAll(IOptions<AccessOptions> access, HttpContext context) =>
        !access.Value.IsConfigured || Caller.Has(context.User, Permissions.ApprovalDecide) || Caller.Has(context.User, Permissions.PersonalDataRead);
}
