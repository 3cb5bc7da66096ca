using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Decisions.Overrides;

/// <summary>A person decides otherwise.</summary>
internal static class OverridesApi
{
    public static IEndpointRouteBuilder MapOverrides(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/decisions/{id}").WithTags("Decisions").ProducesProblem(StatusCodes.Status404NotFound);
        group.MapPost("/override", OverrideAsync).WithName("OverrideDecision")
            .WithSummary("Decide otherwise, with a note; where a second person has to agree, a request is opened.").RequirePermission(Permissions.DecisionOverride);
        group.MapGet("/overrides", ListAsync).WithName("ListOverrides").WithSummary("What people decided otherwise, the first first.").RequirePermission(Permissions.TransactionRead);
        return app;
    }

    private static async Task<Results<Ok<OverrideAnswer>, Accepted<OverrideWaiting>, ProblemHttpResult>> OverrideAsync(
        Guid id, OverrideRequest request, HttpContext context, DecisionOverrides overrides, CancellationToken cancellationToken)
    {
        if (request.Problem() is { } problem)
        {
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The override is not valid.");
        }

        WantedOverride wanted = new(id, DecisionNames.Parse(request.From!)!.Value, DecisionNames.Parse(request.To!)!.Value, request.Note!.Trim(), Caller.NameOf(context));
        return await overrides.OverrideAsync(wanted, cancellationToken) switch
        {
            OverrideOutcome.Done done => TypedResults.Ok(OverrideAnswer.Of(done.Row, CleanNotes.For(context))),
            OverrideOutcome.Waiting waiting => TypedResults.Accepted($"/v1/approvals/{waiting.ApprovalId}", new OverrideWaiting(waiting.ApprovalId, "waiting_for_approval")),
            OverrideOutcome.Stale stale => TypedResults.Problem(
                $"{stale.Holds.OnTheWire()} holds of this decision, not {wanted.From.OnTheWire()}: somebody was faster, or you saw an older state. Look at it again, and send what holds as from.",
                statusCode: StatusCodes.Status409Conflict, title: "Something else holds.", extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["holds"] = stale.Holds.OnTheWire() }),
            _ => NotFound(id),
        };
    }

    private static async Task<Results<Ok<IReadOnlyList<OverrideAnswer>>, ProblemHttpResult>> ListAsync(Guid id, OverrideWriter overrides, HttpContext context, CancellationToken cancellationToken)
    {
        if (await overrides.SeenAsync(id, cancellationToken) is null)
        {
            return NotFound(id);
        }

        Func<string, string> notes = CleanNotes.For(context);
        return TypedResults.Ok<IReadOnlyList<OverrideAnswer>>([.. (await overrides.OfAsync(id, cancellationToken)).Select(row => OverrideAnswer.Of(row, notes))]);
    }

    private static ProblemHttpResult NotFound(Guid id) => TypedResults.Problem(
        $"There is no decision {id}. Use the `id` of an answer or of GET /v1/transactions.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
}

/// <summary>What is to hold instead.</summary>
/// <param name="From">What you saw to hold: <c>approve</c>, <c>manual_review</c> or <c>block</c>.</param>
/// <param name="To">What is to hold.</param>
/// <param name="Note">Why, 10 to 4,000 characters: it becomes part of the record.</param>
internal sealed record OverrideRequest(string? From, string? To, string? Note)
{
    private const int ShortestNote = 10;
    private const int LongestNote = 4_000;

    /// <summary>A sentence that says what to send; null where all is well.</summary>
    public string? Problem() =>
        From is null || DecisionNames.Parse(From) is not { } from ? "from must be what you saw to hold: approve, manual_review or block."
        : To is null || DecisionNames.Parse(To) is not { } to ? "to must be approve, manual_review or block."
        : from == to ? "from and to are the same: there is nothing to override."
        : Note is null || Note.Trim().Length is < ShortestNote or > LongestNote || !IsText(Note) ? $"note must say why, in {ShortestNote} to {LongestNote:N0} characters: it becomes part of the record."
        : null;

    public static bool IsText(string note)
    {
        for (int i = 0; i < note.Length; i++)
        {
            if (note[i] == '\0' || (char.IsSurrogate(note[i]) && !(char.IsHighSurrogate(note[i]) && i + 1 < note.Length && char.IsLowSurrogate(note[++i]))))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A second person has to agree.</summary>
internal sealed record OverrideWaiting(Guid ApprovalId, string Status);

/// <summary>An override as it was written.</summary>
internal sealed record OverrideAnswer(
    Guid Id, Guid DecisionId, int Sequence, Decision From, Decision To, string Note, string By, DateTimeOffset At, Guid? ApprovalId, IReadOnlyList<string> ApprovedBy, Guid LeafId)
{
    /// <param name="row">As written.</param>
    /// <param name="notes">What the reader sees of its words.</param>
    public static OverrideAnswer Of(OverrideRow row, Func<string, string> notes) => new(
        row.Id, row.DecisionId, row.Sequence, row.From, row.To, notes(row.Note), row.By, row.At, row.ApprovalId, row.Approvers, row.LeafId);
}
