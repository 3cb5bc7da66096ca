using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>What was done to a case, with the little of the case that never changes.</summary>
internal sealed record ToldCase(CaseActivityRow Activity, long Number, string Type, string Source, string? Account, long AccountHash);

/// <summary>
/// A case was opened, escalated, resolved or reopened. No payload has the account, a title, a comment or notes: people write there what they like. Suspicious activity reports are no events at all, and
/// nothing here reads them (31 CFR 1020.320(e)).
/// </summary>
internal sealed class CaseSource(IDatabase database, PiiGuard pii, string kind) : RowSource<ToldCase>(database, kind)
{
    /// <summary>Any of them, for whoever wants all.</summary>
    public const string Updated = "case.updated";

    protected override Task<List<ToldCase>> ReadAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken) =>
        (from activity in db.CaseActivities
         join of in db.Cases on activity.CaseId equals of.Id
         where EF.Parameter(ids).Contains(activity.Id)
         orderby activity.Id
         select new ToldCase(activity, of.Number, of.Type, of.Source, of.Account, of.AccountHash)).ToListAsync(cancellationToken);

    protected override Guid IdOf(ToldCase row) => row.Activity.Id;

    /// <summary>In the order of its account, or of the case where it has none.</summary>
    protected override CallbackCandidate CandidateOf(StreamEvent item, ToldCase row) => new(item, [Topic, Updated])
    {
        OrderKey = row.Account is null ? (long)StableHash.Of(row.Activity.CaseId.ToString()) : row.AccountHash,
    };

    protected override void Write(Utf8JsonWriter writer, ToldCase row, CallbackPayload payload)
    {
        CaseActivityRow activity = row.Activity;
        writer.WriteString("id"u8, activity.Id);
        writer.WriteString("namespace"u8, activity.Namespace);
        writer.WriteString("case_id"u8, activity.CaseId);
        if (payload == CallbackPayload.Thin)
        {
            return;
        }

        writer.WriteString("case"u8, CaseRow.NameOf(row.Number));
        writer.WriteString("kind"u8, activity.Kind);
        writer.WriteString("case_type"u8, pii.Clean(row.Type));
        writer.WriteString("source"u8, row.Source);
        switch (activity.Kind)
        {
            case CaseKinds.Opened:
                writer.WriteString("severity"u8, activity.NewValue);
                break;
            case CaseKinds.Resolved:
                writer.WriteString("outcome"u8, activity.NewValue);
                break;
        }

        // Who did it may be a person.
        if (payload == CallbackPayload.Full)
        {
            writer.WriteString("actor"u8, pii.Clean(activity.Actor));
        }
    }
}
