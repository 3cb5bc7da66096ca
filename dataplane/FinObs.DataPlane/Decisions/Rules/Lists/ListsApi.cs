using FinObs.DataPlane.Access;
using FinObs.DataPlane.Models;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Decisions.Rules.Lists;

/// <summary>Entries of the lists that the rules declare.</summary>
internal static class ListsApi
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 500;
    private const int LongestValue = 200;
    private const int LongestNote = 500;

    public static IEndpointRouteBuilder MapLists(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/lists/{name}/entries").WithTags("Rules");
        group.MapGet("", PageAsync).WithName("ListEntries").WithSummary("What is on a list by the API, newest first, a page at a time.").RequirePermission(Permissions.RuleRead);
        group.MapPost("", AddAsync).WithName("AddListEntry").WithSummary("Put a value on a list, for good or until an instant.").RequirePermission(Permissions.RuleWrite);
        group.MapDelete("/{id}", RemoveAsync).WithName("RemoveListEntry").WithSummary("Take an entry off a list; that it was there stays on record.").RequirePermission(Permissions.RuleWrite);
        return app;
    }

    private static async Task<Results<Ok<ListPage>, ProblemHttpResult>> PageAsync(
        string name, HttpContext context, RuleBook book, ListStore store, IOptions<AccessOptions> access, string? @namespace, string? before, int? limit, CancellationToken cancellationToken)
    {
        int most = limit ?? DefaultLimit;
        Guid last = default;
        if (most is < 1 or > MostLimit || (before is not null && !Guid.TryParse(before, out last)))
        {
            return Problem(StatusCodes.Status400BadRequest, "The page is not valid.", $"limit must be a whole number from 1 to {MostLimit}, before the `next` of the page before.");
        }

        if (!book.Current.Lists.TryGetValue(name, out Reading.ListFile? declared))
        {
            return NoList(name, book.Current);
        }

        bool named = !access.Value.IsConfigured || Caller.Has(context.User, Permissions.PersonalDataRead);
        List<(ListEntryRow Row, string Value)> rows = await store.PageAsync(@namespace ?? ModelRouter.DefaultNamespace, name, before is null ? null : last, most, cancellationToken);
        return TypedResults.Ok(new ListPage(
            name, declared.Note, declared.Entries.Count, [.. rows.Select(row => named ? ListEntryAnswer.Of(row.Row, row.Value) : ListEntryAnswer.Of(row.Row, value: null) with { Note = null })], rows.Count == most ? rows[^1].Row.Id.ToString() : null));
    }

    private static async Task<Results<Created<ListEntryAnswer>, ProblemHttpResult>> AddAsync(
        string name, NewEntryRequest request, HttpContext context, RuleBook book, ListStore store, ListEntries entries, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!book.Current.Lists.ContainsKey(name))
        {
            return NoList(name, book.Current);
        }

        if (request.Problem(time.GetUtcNow()) is { } problem)
        {
            return Problem(StatusCodes.Status422UnprocessableEntity, "The entry is not valid.", problem);
        }

        NewListEntry entry = new(request.Namespace ?? ModelRouter.DefaultNamespace, name, request.Value!.Trim(), Whole(request.ExpiresAt), request.Note, Caller.NameOf(context));
        if (await store.AddAsync(entry, cancellationToken) is not { } row)
        {
            return Problem(
                StatusCodes.Status409Conflict, "It is there already.", $"The value stands on the list {name} already: take that entry off first (DELETE /v1/lists/{name}/entries/{{id}}) to give it another end or note.");
        }

        await entries.RefreshAsync(cancellationToken);
        return TypedResults.Created($"/v1/lists/{name}/entries/{row.Id}", ListEntryAnswer.Of(row, entry.Value));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string name, string id, HttpContext context, ListStore store, ListEntries entries, string? @namespace, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(id, out Guid entry) || !await store.RemoveAsync(@namespace ?? ModelRouter.DefaultNamespace, name, entry, Caller.NameOf(context), cancellationToken))
        {
            return Problem(
                StatusCodes.Status404NotFound, "Not found.", $"The list {name} has no entry {id} by the API: GET /v1/lists/{name}/entries lists them. An entry of a file is taken off in the file.");
        }

        await entries.RefreshAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>What databases keep.</summary>
    private static DateTimeOffset? Whole(DateTimeOffset? instant) => instant is { } known ? new DateTimeOffset(known.UtcTicks - (known.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero) : null;

    private static ProblemHttpResult NoList(string name, RuleSet set) => Problem(
        StatusCodes.Status404NotFound, "Not found.",
        $"No list {name} is declared. Declare it under `lists` in the rules files; declared are: {(set.Lists.Count == 0 ? "none" : string.Join(", ", set.Lists.Keys.Order(StringComparer.Ordinal)))}.");

    private static ProblemHttpResult Problem(int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title);

    /// <summary>A value for a list.</summary>
    internal sealed record NewEntryRequest(string? Value, DateTimeOffset? ExpiresAt, string? Note, string? Namespace)
    {
        public string? Problem(DateTimeOffset now) =>
            string.IsNullOrWhiteSpace(Value) || Value.Trim().Length > LongestValue || Value.Any(char.IsControl) ? $"value must be text of 1 to {LongestValue} characters without control characters, as transactions carry it."
            : ExpiresAt is { } end && end <= now ? "expiresAt must lie in the future; leave it out for an entry without an end."
            : Note?.Length > LongestNote ? $"note must be at most {LongestNote} characters."
            : Namespace is { Length: 0 or > 63 } ? "namespace must be 1 to 63 characters; leave it out for default."
            : null;
    }
}

/// <summary>A page of a list.</summary>
internal sealed record ListPage(string Name, string? Note, int EntriesOfFiles, IReadOnlyList<ListEntryAnswer> Items, string? Next);

/// <summary>An entry. Value and note are null for whoever lacks <c>personal_data:read</c>.</summary>
internal sealed record ListEntryAnswer(Guid Id, string Namespace, string? Value, DateTimeOffset? ExpiresAt, string? Note, string AddedBy, DateTimeOffset AddedAt)
{
    public static ListEntryAnswer Of(ListEntryRow row, string? value) => new(row.Id, row.Namespace, value, row.ExpiresAt, row.Note, row.AddedBy, row.AddedAt);
}
