using System.Globalization;
using System.Text.Json;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Approvals.Api;

/// <summary>What somebody says of a request.</summary>
internal sealed record ApprovalDecisionRequest(string? BoundHash, string? Reason)
{
    private const int LongestReason = 2_000;

    /// <summary>A sentence that says what is missing; null where nothing is.</summary>
    public string? Problem() =>
        string.IsNullOrWhiteSpace(BoundHash) ? "Send the boundHash of the request as it was shown to you: it says what exactly you decide on."
        : string.IsNullOrWhiteSpace(Reason) || Reason.Length > LongestReason ? $"Send a reason of at most {LongestReason} characters: it becomes part of the record."
        : null;
}

/// <summary>Why it is taken back.</summary>
internal sealed record ApprovalCancelRequest(string? Reason);

/// <summary>A rehearsal: the whole chain, and nothing at its end.</summary>
internal sealed record ApprovalRehearsalRequest(string? Action, string? Target, string? Summary, JsonElement? Payload, JsonElement? Evidence, string? Reason, string? Namespace)
{
    private const int LongestName = 200;
    private const int LongestText = 2_000;

    public string? Problem() =>
        !Fits(Action, LongestName) || !Fits(Target, LongestName) ? $"action and target must be there, each at most {LongestName} characters."
        : !Fits(Summary, LongestText) || !Fits(Reason, LongestText) ? $"summary and reason must be there, each at most {LongestText} characters."
        : Payload is not { ValueKind: JsonValueKind.Object } ? "payload must be a JSON object: exactly what would be done."
        : null;

    private static bool Fits(string? text, int longest) => !string.IsNullOrWhiteSpace(text) && text.Length <= longest;
}

/// <summary>Filters of <c>GET /v1/approvals</c>.</summary>
internal sealed record ApprovalQuery(string? Namespace, string? Status, string? Action, string? About, bool? Mine, bool? Simulation, string? Cursor, string? Limit)
{
    public const int DefaultLimit = 50;
    public const int MostLimit = 500;

    public int Size { get; private set; } = DefaultLimit;

    private ApprovalStatus? _status;
    private Guid? _about;
    private Guid? _before;

    /// <summary>A sentence that says which filter is wrong and what to send; null where none is.</summary>
    public string? Problem()
    {
        if (Status is not null)
        {
            if (!Enum.TryParse(Status, ignoreCase: true, out ApprovalStatus status) || !Enum.IsDefined(status) || int.TryParse(Status, CultureInfo.InvariantCulture, out _))
            {
                return $"status must be one of {string.Join(", ", Enum.GetNames<ApprovalStatus>())}.";
            }

            _status = status;
        }

        if (Limit is not null)
        {
            if (!int.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) || limit is < 1 or > MostLimit)
            {
                return $"limit must be a whole number from 1 to {MostLimit}.";
            }

            Size = limit;
        }

        if (About is not null)
        {
            if (!Guid.TryParse(About, out Guid about))
            {
                return "about must be an id: of a case, or of a decision.";
            }

            _about = about;
        }

        if (Cursor is not null)
        {
            if (!Guid.TryParseExact(Cursor, "N", out Guid before))
            {
                return "cursor must be the `next` of the page before; leave it out for the first page.";
            }

            _before = before;
        }

        return null;
    }

    /// <summary>Newest first; checked before.</summary>
    public IQueryable<ApprovalRequestRow> Apply(FinObsDbContext db, Voter me)
    {
        string from = Namespace ?? "default";
        IQueryable<ApprovalRequestRow> rows = db.ApprovalRequests.Where(row => row.Namespace == from);
        rows = _status is { } status ? rows.Where(row => row.Status == status) : rows;
        rows = Action is { } action ? rows.Where(row => row.Action == action) : rows;
        rows = _about is { } about ? rows.Where(row => row.About == about) : rows;
        rows = Simulation is { } simulation ? rows.Where(row => row.Simulation == simulation) : rows;
        rows = Mine == true ? ToDecide(db, rows, me) : rows;
        rows = _before is { } before ? rows.Where(row => row.Id < before) : rows;
        return rows.OrderByDescending(row => row.Id).Take(Size);
    }

    /// <summary>Those that wait for this one.</summary>
    private static IQueryable<ApprovalRequestRow> ToDecide(FinObsDbContext db, IQueryable<ApprovalRequestRow> rows, Voter me)
    {
        string name = NameList.Item(me.Name);
        string[] roles = [.. me.Roles.Take(3).Select(NameList.Item), "\n\n", "\n\n", "\n\n"]; // a list holds no empty name
        (string first, string second, string third) = (roles[0], roles[1], roles[2]);
        IQueryable<ApprovalVoteRow> votes = db.ApprovalVotes;
        return rows.Where(row => row.Status == ApprovalStatus.Pending && !row.Excluded.Contains(name) && !votes.Any(vote => vote.RequestId == row.Id && vote.Actor == me.Name)
            && (row.Development || (row.RequestedBy != me.Name && (row.WaitsFor.Contains(first) || row.WaitsFor.Contains(second) || row.WaitsFor.Contains(third)))));
    }
}
