using FinObs.DataPlane.Access;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Api;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>A page of requests.</summary>
internal sealed record ApprovalsModel(IReadOnlyList<ApprovalSummary> Items, string? Next);

/// <summary>One request.</summary>
/// <param name="Detail">All that was asked and said.</param>
/// <param name="WhyNot">Why whoever looks cannot decide on it; null where they can.</param>
internal sealed record ApprovalModel(ApprovalDetail Detail, string? WhyNot);

/// <summary>Reads requests for approval for people.</summary>
internal sealed class ApprovalsReader(IDatabase database, ApprovalStore store, VoterCheck check)
{
    public const int PageSize = 50;

    public async Task<ApprovalsModel?> ReadAsync(string @namespace, string view, string? cursor, Viewer who, CancellationToken cancellationToken)
    {
        ApprovalQuery query = new(@namespace, view is "open" ? nameof(ApprovalStatus.Pending) : null, null, null, view is "mine" ? true : null, null, cursor, $"{PageSize}");
        if (query.Problem() is not null)
        {
            query = query with { Cursor = null };
            _ = query.Problem();
        }

        await using FinObsDbContext db = database.CreateContext();
        List<ApprovalRequestRow> rows = await query.Apply(db, who.AsVoter()).ToListAsync(cancellationToken);
        return new ApprovalsModel([.. rows.Select(ApprovalSummary.Of)], rows.Count == PageSize ? rows[^1].Id.ToString("N") : null);
    }

    public async Task<ApprovalModel?> ReadAsync(Guid id, Viewer who, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } found)
        {
            return null;
        }

        bool whole = who.May(Permissions.ApprovalDecide) || who.May(Permissions.PersonalDataRead);
        string? whyNot = found.Row.Status != ApprovalStatus.Pending ? "It is decided."
            : !who.May(Permissions.ApprovalDecide) ? "Your role does not decide on requests."
            : await check.WhyNotAsync(who.AsVoter(), found, cancellationToken);
        return new ApprovalModel(ApprovalDetail.Of(found, whole), whyNot);
    }
}
