using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Audit.Verification;

public class ExportVerifierTests
{
    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task An_export_of_everything_verifies(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        await audit.CommitAsync(600);
        await audit.SequenceAsync();
        var report = Verify(await ExportAsync(audit), audit);
        Assert.Empty(report.Findings);
        Assert.Equal((0, 600L, 600L, 600L), (report.ExitCode, report.Leaves, report.Payloads, report.LiveRows));
    }

    /// <summary>Also with the key taken from the file itself: the flip must be seen without any other knowledge.</summary>
    [Fact]
    public async Task Every_byte_of_an_export_flipped_once_is_noticed_and_placed()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(3);
        await audit.SequenceAsync();
        await new Rows(audit).ShredAsync("acct-1");
        await audit.CommitAsync(1);
        await audit.SequenceAsync();
        var file = await ExportAsync(audit, anchor: 3);
        Assert.Equal(0, Verify(file, null).ExitCode);
        for (var i = 0; i < file.Length; i++)
        {
            foreach (var bit in new[] { 1, 2, 128 })
            {
                file[i] ^= (byte)bit;
                var report = Verify(file, null);
                Assert.True(report.ExitCode == 1, $"bit {bit} of byte {i} flipped: {Encoding.UTF8.GetString(file, Math.Max(0, i - 20), Math.Min(40, file.Length - Math.Max(0, i - 20)))}");
                file[i] ^= (byte)bit;
            }
        }
    }

    [Fact]
    public async Task Every_byte_cut_from_the_end_is_noticed()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(2);
        await audit.SequenceAsync();
        var file = await ExportAsync(audit);
        for (var length = 0; length < file.Length; length++) Assert.Equal(1, Verify(file[..length], audit).ExitCode);
        Assert.Equal(1, Verify([.. file, (byte)'\n'], audit).ExitCode);
        Assert.Equal(1, Verify([.. file, .. file], audit).ExitCode);
    }

    [Fact]
    public async Task A_leaf_left_out_doubled_or_moved_is_named()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(4);
        await audit.SequenceAsync();
        var lines = Encoding.UTF8.GetString(await ExportAsync(audit)).Split('\n')[..^1];
        foreach (var changed in new string[][] { [.. lines[..2], .. lines[3..]], [.. lines[..3], .. lines[2..]], [lines[0], lines[2], lines[1], .. lines[3..]] })
        {
            var report = Verify(Encoding.UTF8.GetBytes(string.Concat(changed.Select(l => l + "\n"))), audit);
            Assert.Contains(report.Findings, f => f.What.Contains("missing, doubled or out of order", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_changed_payload_names_its_leaf_and_the_byte_where_it_begins()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(3);
        await audit.SequenceAsync();
        var text = Encoding.UTF8.GetString(await ExportAsync(audit));
        var line = text.Split('\n')[2];
        var at = text.IndexOf(line, StringComparison.Ordinal) + line.IndexOf("\"payload\":", StringComparison.Ordinal) + "\"payload\":".Length;
        var target = text.IndexOf("\"bytes\":\"", at, StringComparison.Ordinal) + 12;
        var changed = text[..target] + (text[target] == 'A' ? 'B' : 'A') + text[(target + 1)..];
        var finding = Assert.Single(Verify(Encoding.UTF8.GetBytes(changed), audit).Findings, f => f.Where.Contains("payload", StringComparison.Ordinal));
        Assert.Contains("leaf 1,", finding.Where, StringComparison.Ordinal);
        Assert.Contains($"line 3, byte {Encoding.UTF8.GetByteCount(text.AsSpan(0, at))} of the file", finding.Where, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_or_missing_live_row_is_named_with_the_member_that_lies()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(3);
        await audit.SequenceAsync();
        var rows = new Rows(audit);
        var live = await rows.ProjectionAsync();
        live.Rows[await rows.RefAsync(1)] = AuditHarness.Payload("forged");
        live.Rows.Remove(await rows.RefAsync(2));
        var report = Verify(await ExportAsync(audit, projection: live), audit);
        Assert.Equal(2, report.Lies);
        Assert.Contains(report.Findings, f => f.Where.StartsWith("leaf 1,", StringComparison.Ordinal) && f.What.Contains("'text'", StringComparison.Ordinal));
        Assert.Contains(report.Findings, f => f.Where.StartsWith("leaf 2,", StringComparison.Ordinal) && f.What.Contains("is gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shredded_payload_is_not_a_lie_when_a_leaf_proves_it()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(7);
        await audit.SequenceAsync();
        Assert.NotNull(await new Rows(audit).ShredAsync("acct-3"));
        Assert.Null(await new Rows(audit).ShredAsync("acct-3"));
        await audit.SequenceAsync();
        var report = Verify(await ExportAsync(audit), audit);
        Assert.Equal((0, 1, 0), (report.ExitCode, report.Shredded, report.Lies));
        Assert.StartsWith("leaf 3,", report.Findings[0].Where, StringComparison.Ordinal);

        await audit.CommitAsync(audit.Act("after", "acct-3")); // a new key, a readable payload
        await audit.SequenceAsync();
        Assert.Equal((0, 1), (Verify(await ExportAsync(audit), audit) is var after ? after.ExitCode : -1, after.Shredded));
    }

    [Fact]
    public async Task A_key_destroyed_without_a_leaf_that_says_so_is_a_lie()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(2);
        await audit.SequenceAsync();
        await audit.ExecuteAsync("UPDATE subject_keys SET wrapped = NULL, destroyed_at = 1");
        var report = Verify(await ExportAsync(audit), audit);
        Assert.Equal((1, 2), (report.ExitCode, report.Lies));
    }

    [Fact]
    public async Task A_log_rewritten_under_a_new_key_does_not_pass_the_old_one()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await using var forged = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await forged.CommitAsync(3);
        await forged.SequenceAsync();
        var file = await ExportAsync(forged);
        Assert.Equal(0, Verify(file, null).ExitCode); // it proves itself, under its own key
        Assert.Equal(1, Verify(file, audit).ExitCode);
    }

    [Fact]
    public async Task A_log_rewritten_under_the_same_key_does_not_pass_an_older_checkpoint()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await audit.CommitAsync(5);
        await audit.SequenceAsync();
        var anchors = audit.File.Tail(100_000);

        await audit.CommitAsync(5);
        await audit.SequenceAsync();
        Assert.Equal(0, Verify(await ExportAsync(audit), audit, anchors).ExitCode);
        Assert.Equal(0, Verify(await ExportAsync(audit, from: 7, anchor: 5), audit, anchors).ExitCode);
        Assert.Equal(2, Verify(await ExportAsync(audit, from: 7), audit, anchors).ExitCode);

        await new Rows(audit).RewriteAsync(10);
        var rewritten = await ExportAsync(audit);
        Assert.Equal(0, Verify(rewritten, audit).ExitCode);
        Assert.Contains(Verify(rewritten, audit, anchors).Findings, f => f.What.Contains("rewritten", StringComparison.Ordinal));
        Assert.Contains(Verify(await ExportAsync(audit, from: 7, anchor: 5), audit, anchors).Findings, f => f.What.Contains("rewritten", StringComparison.Ordinal));
    }

    private static VerificationReport Verify(byte[] file, AuditHarness? pinned, IReadOnlyList<PublishedCheckpoint>? anchors = null) =>
        ExportVerifier.Verify(new MemoryStream(file), pinned?.Keyring.Signer.Verifier, anchors ?? []);

    private static async Task<byte[]> ExportAsync(AuditHarness audit, long from = 0, long? anchor = null, IAuditProjection? projection = null)
    {
        var exporter = new AuditExporter(audit.Database, audit.Keyring, new ExportLines(new PayloadVault(audit.Keyring), [projection ?? await new Rows(audit).ProjectionAsync()]), audit.Time);
        using var file = new MemoryStream();
        var range = new ExportRange(from, null, anchor);
        var checkpoint = (await audit.Reader.LatestCheckpointAsync(audit.Stop))!;
        Assert.Null(AuditExporter.Refuse(range, checkpoint.Size));
        await exporter.WriteAsync(file, range, checkpoint, audit.Stop);
        return file.ToArray();
    }
}
