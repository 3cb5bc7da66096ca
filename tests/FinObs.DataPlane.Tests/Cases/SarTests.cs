using System.Text;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Cases.Sar;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Cases;

/// <summary>Suspicious activity reports: kept, proven, and not to be found by anybody who need not know.</summary>
public sealed class SarTests
{
    private const string Secret = "Structured cash deposits below the limit, a narrative that nobody else may read.";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_report_is_drafted_reviewed_by_another_and_filed_and_then_stands(DatabaseKind kind)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.Combine("key"), "a key");
        await using CaseWorld world = await CaseWorld.StartAsync(kind, null, ("Access:ApiKeyFile", folder.Combine("key")));
        (Guid id, Guid[] transactions) = await OpenedAsync(world);
        SarReports reports = world.Slice.Get<SarReports>();

        SarState draft = Done(await reports.DraftAsync(id, 0, new SarText(Secret, true, null, transactions), "user:one", Stop));
        Assert.Equal(draft.Report.DetectedAt + TimeSpan.FromDays(30), draft.Report.DueAt);
        Assert.Equal(transactions.Order(), draft.Report.Citations.Select(citation => citation.TransactionId).Order());
        Assert.All(draft.Report.Citations, citation => Assert.True(citation.InCase && citation.LeafId != Guid.Empty));
        Assert.Contains("somebody else", Why(await reports.StepAsync(id, 1, SarStatus.Reviewed, null, null, "user:one", Stop)), StringComparison.Ordinal);
        Assert.Contains("become Filed", Why(await reports.StepAsync(id, 1, SarStatus.Filed, "BSA-1", null, "user:two", Stop)), StringComparison.Ordinal);
        Done(await reports.StepAsync(id, 1, SarStatus.Reviewed, null, "Sound.", "user:two", Stop));
        Assert.Contains("reference", Why(await reports.StepAsync(id, 2, SarStatus.Filed, null, null, "user:two", Stop)), StringComparison.Ordinal);
        Assert.Equal(2, Assert.IsType<SarOutcome.Stale>(await reports.StepAsync(id, 1, SarStatus.Filed, "BSA-1", null, "user:two", Stop)).Revision);
        SarState filed = Done(await reports.StepAsync(id, 2, SarStatus.Filed, "BSA-1", null, "user:two", Stop));

        Assert.Equal([SarStatus.Draft, SarStatus.Reviewed, SarStatus.Filed], filed.Report.Steps.Select(step => step.Status));
        Assert.Contains("does not change", Why(await reports.DraftAsync(id, 3, new SarText("Other.", true, null, []), "user:one", Stop)), StringComparison.Ordinal);
        Assert.Equal("BSA-1", (await reports.ReadAsync(id, "user:three", Stop))!.Report.Reference);
        Assert.Equal(id, Assert.Single(await reports.ListAsync("default", "user:three", Stop)).Row.CaseId);
        Assert.Equal(5, (await world.Slice.LeavesAsync(RestrictedActs.Kind)).Count); // three revisions, two reads
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task What_is_cited_must_exist_and_of_two_who_write_at_once_one_is_late(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        (Guid id, Guid[] transactions) = await OpenedAsync(world);
        SarReports reports = world.Slice.Get<SarReports>();

        Guid nowhere = Guid.CreateVersion7();
        Assert.Contains($"{nowhere}", Why(await reports.DraftAsync(id, 0, new SarText(Secret, true, null, [transactions[0], nowhere]), "user:one", Stop)), StringComparison.Ordinal);
        Assert.NotEmpty(Why(await reports.DraftAsync(id, 0, new SarText(Secret, true, world.Slice.Time.GetUtcNow() + TimeSpan.FromDays(1), []), "user:one", Stop)));
        Assert.IsType<SarOutcome.Unknown>(await reports.DraftAsync(nowhere, 0, new SarText(Secret, true, null, []), "user:one", Stop));

        SarOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() => reports.DraftAsync(id, 0, new SarText($"{i}", false, null, transactions), "user:one", Stop))));
        SarState draft = Assert.Single(outcomes.OfType<SarOutcome.Done>()).State;
        Assert.Equal(9, outcomes.OfType<SarOutcome.Stale>().Count());
        Assert.Equal(draft.Report.DetectedAt + TimeSpan.FromDays(60), draft.Report.DueAt);
    }

    /// <summary>31 CFR 1020.320(e): whoever lacks the permission finds no sign of it, wherever they look.</summary>
    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task No_sign_of_it_is_in_events_callbacks_streams_exports_the_case_or_the_database(DatabaseKind kind)
    {
        await using CaseWorld world = await CaseWorld.StartAsync(kind);
        (Guid id, Guid[] transactions) = await OpenedAsync(world);
        await world.Slice.SequenceAsync();
        int eventsBefore = (await world.Slice.EventsAsync()).Count;
        int toldBefore = (await world.Slice.Get<CallbackSources>().CandidatesAsync(await world.Slice.EventsAsync(), Stop)).Count;
        CaseRow before = await world.CaseOfAsync("a-1");

        SarState state = Done(await world.Slice.Get<SarReports>().DraftAsync(id, 0, new SarText(Secret, true, null, transactions), "user:one", Stop));

        // Nothing is an event, so neither stream nor callbacks can tell of it.
        List<StreamEvent> events = await world.Slice.EventsAsync();
        Assert.Equal(eventsBefore, events.Count);
        Assert.DoesNotContain(events, item => item.SubjectId == state.Row.Id || item.Topic.Contains("sar", StringComparison.Ordinal) || item.Topic.Contains("restricted", StringComparison.Ordinal));
        Assert.Equal(transactions.Length + 1, toldBefore); // the case was opened
        Assert.Equal(toldBefore, (await world.Slice.Get<CallbackSources>().CandidatesAsync(events, Stop)).Count);

        // The case is as it was, in every column.
        Assert.Equal(before, await world.CaseOfAsync("a-1"));
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        Assert.Equal([CaseKinds.Opened], await db.CaseActivities.Where(row => row.CaseId == id).OrderBy(row => row.Id).Select(row => row.Kind).ToListAsync(Stop));

        // No leaf is about the case but those of its own story, and the leaf that there is names nothing.
        Assert.Equal(1, await db.AuditLeaves.CountAsync(leaf => leaf.AboutId == id, Stop));
        string leaf = Assert.Single(await world.Slice.LeavesAsync(RestrictedActs.Kind));
        Assert.DoesNotContain("about", leaf, StringComparison.Ordinal);
        Assert.DoesNotContain(id.ToString(), leaf, StringComparison.Ordinal);
        Assert.Contains("\"subject\":null", leaf, StringComparison.Ordinal);

        // The general export of the audit log, payloads and live rows opened, holds neither text nor case.
        using MemoryStream export = new();
        AuditCheckpoint checkpoint = (await world.Slice.Get<AuditReader>().LatestCheckpointAsync(Stop))!;
        await world.Slice.Get<AuditExporter>().WriteAsync(export, new ExportRange(0, null, null), checkpoint, Stop);
        string[] lines = Encoding.UTF8.GetString(export.ToArray()).Split('\n');
        string all = string.Join('\n', lines.Select(Decoded));
        Assert.Contains(RestrictedActs.Kind, all, StringComparison.Ordinal);
        Assert.DoesNotContain("Structured cash", all, StringComparison.Ordinal);
        Assert.DoesNotContain(lines.Select(Decoded), line => line.Contains("restricted", StringComparison.Ordinal) && line.Contains(id.ToString(), StringComparison.Ordinal));

        // At rest it is sealed.
        Assert.DoesNotContain("Structured cash", Encoding.UTF8.GetString((await db.SarRevisions.SingleAsync(Stop)).Sealed), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_outside_of_its_folder_reads_the_table()
    {
        string root = RepositoryRoot.Combine("dataplane/FinObs.DataPlane");
        string[] readers =
        [
            .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/Migrations/", StringComparison.Ordinal) && !path.Contains("/Cases/Sar/", StringComparison.Ordinal))
                .Where(path => File.ReadAllText(path).Contains("SarRevision", StringComparison.Ordinal)),
        ];
        Assert.Empty(readers);
    }

    [Fact]
    public void Of_all_roles_only_compliance_may_read_or_write_it()
    {
        foreach (string permission in (string[])[Permissions.SarRead, Permissions.SarWrite])
        {
            Assert.Equal([Roles.Compliance], Roles.OfPeople.Where(role => role.Value.Contains(permission)).Select(role => role.Key));
            Assert.DoesNotContain(Roles.PermissionsOf(Roles.Operator), known => known == permission);
        }
    }

    /// <summary>A line with everything in base64 beside its text.</summary>
    private static string Decoded(string line) => line + string.Concat(line.Split('"').Where(text => text.Length >= 16).Select(FromBase64));

    private static string FromBase64(string text)
    {
        byte[] bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int written) ? Encoding.UTF8.GetString(bytes, 0, written) : "";
    }

    private static async Task<(Guid Id, Guid[] Transactions)> OpenedAsync(CaseWorld world)
    {
        Guid[] ids = await world.SendAsync("a-1", 2);
        await world.ConsumeAsync();
        return ((await world.CaseOfAsync("a-1")).Id, ids);
    }

    private static SarState Done(SarOutcome outcome) => Assert.IsType<SarOutcome.Done>(outcome).State;

    private static string Why(SarOutcome outcome) => Assert.IsType<SarOutcome.Refused>(outcome).Why;
}
