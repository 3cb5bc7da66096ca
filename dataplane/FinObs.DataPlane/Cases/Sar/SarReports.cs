using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Cases.Sar;

/// <summary>A report and where it stands.</summary>
internal sealed record SarState(SarRevisionRow Row, SarReport Report);

/// <summary>What came of it.</summary>
internal abstract record SarOutcome
{
    internal sealed record Done(SarState State) : SarOutcome;

    internal sealed record Unknown : SarOutcome;

    /// <summary>Another revision is there than the one that was named; 0 = none.</summary>
    internal sealed record Stale(int Revision) : SarOutcome;

    internal sealed record Refused(string Why) : SarOutcome;
}

/// <summary>What a draft says.</summary>
internal sealed record SarText(string Narrative, bool SuspectIdentified, DateTimeOffset? DetectedAt, IReadOnlyList<Guid> Transactions);

/// <summary>Keeps reports: every revision sealed, every write and every read a leaf that does not say what it is about.</summary>
internal sealed class SarReports(IDatabase database, AuditedCommit commit, SarSeal seal, StoredTransactions stored, IOptions<AccessOptions> access)
{
    private const int MostListed = 500;

    /// <summary>The report of a case, and the leaf of its being read; null where there is none, which is recorded too.</summary>
    public async Task<SarState?> ReadAsync(Guid caseId, string actor, CancellationToken cancellationToken)
    {
        SarState? found = await FindAsync(caseId, cancellationToken);
        await RecordReadAsync(found?.Row.Namespace ?? "default", found?.Row.Id, actor, cancellationToken);
        return found;
    }

    /// <summary>The reports of a namespace, those due first first.</summary>
    public async Task<IReadOnlyList<SarState>> ListAsync(string @namespace, string actor, CancellationToken cancellationToken)
    {
        List<SarRevisionRow> rows;
        await using (FinObsDbContext db = database.CreateContext())
        {
            IQueryable<SarRevisionRow> all = db.SarRevisions;
            rows = await all.Where(row => row.Namespace == @namespace && !all.Any(later => later.CaseId == row.CaseId && later.Revision > row.Revision))
                .OrderByDescending(row => row.Id).Take(MostListed).ToListAsync(cancellationToken);
        }

        await RecordReadAsync(@namespace, null, actor, cancellationToken);
        return [.. rows.Select(Open).OrderBy(state => state.Report.DueAt).ThenBy(state => state.Row.Id)];
    }

    /// <summary>A new text, which is a draft again.</summary>
    public async Task<SarOutcome> DraftAsync(Guid caseId, int revision, SarText text, string actor, CancellationToken cancellationToken)
    {
        CaseRow? about;
        await using (FinObsDbContext db = database.CreateContext())
        {
            about = await db.Cases.FirstOrDefaultAsync(row => row.Id == caseId, cancellationToken);
        }

        if (about is null)
        {
            return new SarOutcome.Unknown();
        }

        SarState? before = await FindAsync(caseId, cancellationToken);
        DateTimeOffset now = commit.Now();
        if ((before?.Row.Revision ?? 0) != revision)
        {
            return new SarOutcome.Stale(before?.Row.Revision ?? 0);
        }

        if (before?.Report.Status == SarStatus.Filed)
        {
            return new SarOutcome.Refused("The report is filed: what was filed does not change.");
        }

        if (text.DetectedAt > now)
        {
            return new SarOutcome.Refused("detectedAt must not be in the future: the time to file runs from initial detection.");
        }

        (List<SarCitation> citations, string? missing) = await CiteAsync(about, text.Transactions, cancellationToken);
        return missing is not null ? new SarOutcome.Refused(missing) : await WriteAsync(about.Namespace, caseId, revision + 1, actor, new SarReport
        {
            Status = SarStatus.Draft,
            Narrative = text.Narrative,
            SuspectIdentified = text.SuspectIdentified,
            DetectedAt = text.DetectedAt ?? before?.Report.DetectedAt ?? about.OpenedAt,
            Citations = citations,
            Steps = [.. before?.Report.Steps ?? [], new SarStep(SarStatus.Draft, actor, now, null)],
        }, cancellationToken);
    }

    /// <summary>Review, file, or drop.</summary>
    public async Task<SarOutcome> StepAsync(Guid caseId, int revision, SarStatus to, string? reference, string? note, string actor, CancellationToken cancellationToken)
    {
        if (await FindAsync(caseId, cancellationToken) is not { } before)
        {
            return new SarOutcome.Unknown();
        }

        if (before.Row.Revision != revision)
        {
            return new SarOutcome.Stale(before.Row.Revision);
        }

        if (Problem(before.Report, to, reference, note, actor) is { } problem)
        {
            return new SarOutcome.Refused(problem);
        }

        SarReport after = before.Report with { Status = to, Reference = reference ?? before.Report.Reference, Steps = [.. before.Report.Steps, new SarStep(to, actor, commit.Now(), note)] };
        return await WriteAsync(before.Row.Namespace, caseId, revision + 1, actor, after, cancellationToken);
    }

    private string? Problem(SarReport report, SarStatus to, string? reference, string? note, string actor) => (report.Status, to) switch
    {
        (SarStatus.Filed, _) => "The report is filed: what was filed does not change.",
        (SarStatus.Draft, SarStatus.Reviewed) => access.Value.IsConfigured && report.Author == actor ? "You wrote it yourself: somebody else has to review it." : report.Citations.Count == 0 ? "It cites no evidence: cite at least one transaction." : null,
        (SarStatus.Reviewed, SarStatus.Filed) => string.IsNullOrWhiteSpace(reference) ? "Send the reference under which it was filed." : null,
        (SarStatus.Draft or SarStatus.Reviewed, SarStatus.Dropped) => string.IsNullOrWhiteSpace(note) ? "Send a note that says why it is not filed." : null,
        _ => $"From {report.Status} it does not become {to}: a draft is reviewed, then filed; a new text makes it a draft again.",
    };

    /// <summary>Every citation, or a sentence that names the first for which there is no evidence.</summary>
    private async Task<(List<SarCitation> Citations, string? Missing)> CiteAsync(CaseRow about, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. ids.Distinct()];
        Dictionary<Guid, StoredTransaction> found = (await stored.FindAsync(wanted, cancellationToken)).Where(row => row.Transaction.Namespace == about.Namespace).ToDictionary(row => row.Transaction.Id);
        Guid[] leafIds = [.. found.Values.Select(row => row.Decision.LeafId)];
        await using FinObsDbContext db = database.CreateContext();
        HashSet<Guid> leaves = await db.AuditLeaves.Where(leaf => EF.Parameter(leafIds).Contains(leaf.Id)).Select(leaf => leaf.Id).ToHashSetAsync(cancellationToken);
        HashSet<Guid> ofCase = await db.CaseTransactions.Where(row => row.CaseId == about.Id && EF.Parameter(wanted).Contains(row.TransactionRef)).Select(row => row.TransactionRef).ToHashSetAsync(cancellationToken);
        List<SarCitation> citations = [];
        foreach (Guid id in wanted)
        {
            if (!found.TryGetValue(id, out StoredTransaction? row) || !leaves.Contains(row.Decision.LeafId))
            {
                return ([], $"There is no evidence {id} in this namespace: cite transactions by our id.");
            }

            citations.Add(new SarCitation(id, row.Decision.Id, row.Decision.LeafId, ofCase.Contains(id)));
        }

        return (citations, null);
    }

    private async Task<SarOutcome> WriteAsync(string @namespace, Guid caseId, int revision, string actor, SarReport report, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        Guid id = Guid.CreateVersion7(now);
        SarRevisionRow row = new() { Id = id, Namespace = @namespace, CaseId = caseId, Revision = revision, Sealed = seal.Seal(id, report.Write()) };
        AuditAct act = new() { Namespace = @namespace, Kind = RestrictedActs.Kind, At = now, Actor = actor, Ref = id, Payload = row.Payload() };
        try
        {
            await commit.WriteAsync(
                act,
                async (session, leaf, cancel) =>
                {
                    await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                    db.Add(row = row with { LeafId = leaf });
                    return await db.SaveChangesAsync(cancel) > 0;
                },
                cancellationToken);
            return new SarOutcome.Done(new SarState(row, report));
        }
        catch (DbUpdateException)
        {
            // Another one wrote this revision at the same moment; anything else is no business of ours.
            if (await FindAsync(caseId, cancellationToken) is not { } theirs || theirs.Row.Revision < revision)
            {
                throw;
            }

            return new SarOutcome.Stale(theirs.Row.Revision);
        }
    }

    private async Task<SarState?> FindAsync(Guid caseId, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        SarRevisionRow? row = await db.SarRevisions.Where(one => one.CaseId == caseId).OrderByDescending(one => one.Revision).FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : Open(row);
    }

    private SarState Open(SarRevisionRow row) => new(row, SarReport.Read(seal.Open(row.Id, row.Sealed)));

    private async Task RecordReadAsync(string @namespace, Guid? record, string actor, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        SarReadRow row = new() { Id = Guid.CreateVersion7(now), Namespace = @namespace, Record = record, Actor = actor, At = now };
        await commit.WriteAsync(
            new AuditAct { Namespace = @namespace, Kind = RestrictedActs.Kind, At = now, Actor = actor, Ref = row.Id, Payload = row.Payload() },
            async (session, _, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                db.Add(row);
                return await db.SaveChangesAsync(cancel) > 0;
            },
            cancellationToken);
    }
}
