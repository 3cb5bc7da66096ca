using System.Text.RegularExpressions;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Models;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Decisions.Feedback;

/// <summary>What decisions turned out to be.</summary>
internal static class FeedbackApi
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapFeedback(this IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/decisions/{id}/feedback", GiveAsync).WithTags("Decisions").WithName("GiveFeedback").ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Say what a transaction turned out to be: it becomes its label.").RequirePermission(Permissions.DecisionFeedback);
        app.MapGet("/v1/feedback", PageAsync).WithTags("Decisions").WithName("ListFeedback").WithSummary("What people found out, newest first, a page at a time.").RequirePermission(Permissions.TransactionRead);
        return app;
    }

    private static async Task<Results<Created<FeedbackAnswer>, ProblemHttpResult>> GiveAsync(
        Guid id, FeedbackRequest request, HttpContext context, DecisionFeedback feedback, CancellationToken cancellationToken)
    {
        if (request.Problem() is { } problem)
        {
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The feedback is not valid.");
        }

        GivenFeedback given = new(id, FeedbackRequest.Parse(request.Actual)!.Value, request.Notes, request.Source ?? FeedbackRequest.DefaultSource, Caller.NameOf(context));
        return await feedback.GiveAsync(given, cancellationToken) is { } row
            ? TypedResults.Created($"/v1/feedback?decision={id}", FeedbackAnswer.Of(row, CleanNotes.For(context)))
            : TypedResults.Problem(
                $"There is no decision {id}. Use the `id` of an answer or of GET /v1/transactions.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");
    }

    private static async Task<Results<Ok<FeedbackPage>, ProblemHttpResult>> PageAsync(
        DecisionFeedback feedback, HttpContext context, string? @namespace, Guid? decision, string? actual, Guid? before, int? limit, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        TransactionLabel? label = FeedbackRequest.Parse(actual);
        if (most is < 1 or > MostLimit || (actual is not null && label is null))
        {
            return TypedResults.Problem(
                $"limit must be a whole number from 1 to {MostLimit}, actual one of fraud, legitimate, withdrawn.", statusCode: StatusCodes.Status400BadRequest, title: "The page is not valid.");
        }

        List<FeedbackRow> rows = await feedback.PageAsync(@namespace ?? ModelRouter.DefaultNamespace, decision, label, before, most, cancellationToken);
        Func<string, string> notes = CleanNotes.For(context);
        return TypedResults.Ok(new FeedbackPage([.. rows.Select(row => FeedbackAnswer.Of(row, notes))], rows.Count == most ? rows[^1].Id : null));
    }
}

/// <summary>What somebody found out.</summary>
/// <param name="Actual"><c>fraud</c>, <c>legitimate</c>, or <c>withdrawn</c> to take back an earlier word.</param>
/// <param name="Notes">At most 4,000 characters.</param>
/// <param name="Source">Where the knowledge comes from, a word such as <c>chargeback</c>; <c>analyst</c> where left out.</param>
internal sealed partial record FeedbackRequest(string? Actual, string? Notes, string? Source)
{
    public const string DefaultSource = "analyst";
    private const int LongestNotes = 4_000;

    public static TransactionLabel? Parse(string? actual) => actual switch
    {
        "fraud" => TransactionLabel.Fraud,
        "legitimate" => TransactionLabel.Legitimate,
        "withdrawn" => TransactionLabel.Withdrawn,
        _ => null,
    };

    /// <summary>A sentence that says what to send; null where all is well.</summary>
    public string? Problem() =>
        Parse(Actual) is null ? "actual must be fraud or legitimate, or withdrawn to take back an earlier word."
        : Notes is not null && (Notes.Length > LongestNotes || !Overrides.OverrideRequest.IsText(Notes)) ? $"notes must be text of at most {LongestNotes:N0} characters."
        : Source is not null && !Word().IsMatch(Source) ? "source must be a word of lower-case letters, digits, hyphens and underscores, at most 40 characters, such as chargeback."
        : null;

    [GeneratedRegex("^[a-z0-9_-]{1,40}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Word();
}

/// <summary>A word on a decision.</summary>
internal sealed record FeedbackAnswer(Guid Id, Guid DecisionId, Decision Decided, string Actual, string? Notes, string Source, string By, DateTimeOffset At, Guid LeafId)
{
    /// <param name="row">As written.</param>
    /// <param name="notes">What the reader sees of its words.</param>
    public static FeedbackAnswer Of(FeedbackRow row, Func<string, string> notes) =>
        new(row.Id, row.DecisionId, row.Decided, row.Actual.ToString().ToLowerInvariant(), row.Notes is { } words ? notes(words) : null, row.Source, row.By, row.At, row.LeafId);
}

/// <summary>A page, newest first.</summary>
internal sealed record FeedbackPage(IReadOnlyList<FeedbackAnswer> Items, Guid? Next);
