using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Audit.Evidence;

public class EvidenceVerifierTests
{
    private static readonly byte[] Explanation = [1, 2, 3, 4, 5];

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task The_story_of_a_decision_verifies_and_holds_what_is_about_it_and_about_that(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        var file = await FileAsync(audit, [new Part("explanation", Explanation), new Part("deliveries", "[]"u8.ToArray())]);

        var report = Verify(file, audit.Keyring.Signer.Verifier);

        Assert.Equal((0, 3L, 3L), (report.ExitCode, report.Leaves, report.Payloads));
        Assert.Equal("'deliveries' is what the host that made this file says; no leaf proves it.", Assert.Single(report.Findings).What);
        Assert.DoesNotContain("of another decision", Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    /// <summary>Also with the key taken from the file itself: the flip must be seen without any other knowledge.</summary>
    [Fact]
    public async Task Every_byte_flipped_once_and_every_byte_cut_from_the_end_is_noticed()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var file = await FileAsync(audit, [new Part("explanation", Explanation), new Part("deliveries", "[]"u8.ToArray())]);
        for (var i = 0; i < file.Length; i++)
        {
            file[i] ^= 2;
            Assert.True(Verify(file, null).ExitCode == 1, $"byte {i}: {Encoding.UTF8.GetString(file, Math.Max(0, i - 20), Math.Min(40, file.Length - Math.Max(0, i - 20)))}");
            file[i] ^= 2;
        }
        for (var length = 0; length < file.Length; length++) Assert.Equal(1, Verify(file[..length], null).ExitCode);
    }

    [Fact]
    public async Task An_explanation_that_the_leaf_does_not_prove_is_named()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var file = await FileAsync(audit, [new Part("explanation", [9, 9])]);

        var report = Verify(file, audit.Keyring.Signer.Verifier);

        Assert.Contains("explanation_sha256", Assert.Single(report.Findings).What, StringComparison.Ordinal);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public async Task A_file_under_another_key_than_the_given_one_is_refused()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        await using var other = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var file = await FileAsync(audit, []);

        Assert.Equal(1, Verify(file, other.Keyring.Signer.Verifier).ExitCode);
    }

    [Fact]
    public async Task Leaves_of_another_story_do_not_pass_under_this_decision()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var file = Encoding.UTF8.GetString(await FileAsync(audit, []));
        var decision = file.Split("\"decision\":\"")[1][..36];

        // The note is wrong too; what matters is that the leaf itself gives it away.
        var report = Verify(Encoding.UTF8.GetBytes(file.Replace(decision, Guid.Empty.ToString(), StringComparison.Ordinal)), audit.Keyring.Signer.Verifier);

        Assert.Contains(report.Findings, finding => finding.What == "The first leaf is not that of the decision in the header.");
    }

    [Fact]
    public async Task A_case_that_does_not_name_the_decision_does_not_pass_as_its_case()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var decided = Decision(audit, audit.Act("decided", kind: "decision.made"));
        var (own, other) = (Guid.CreateVersion7(audit.Time.GetUtcNow()), Guid.CreateVersion7(audit.Time.GetUtcNow()));
        var leaves = await audit.CommitAsync(
            decided, Case(audit, own, Guid.Empty), Case(audit, other, Guid.Empty), Case(audit, own, decided.Ref), audit.Act("commented", kind: "case.commented") with { About = own });
        await audit.SequenceAsync();

        Assert.Empty(Verify(await WrittenAsync(audit, decided, leaves[0], [], [new Link(own)]), audit.Keyring.Signer.Verifier).Findings);
        var report = Verify(await WrittenAsync(audit, decided, leaves[0], [], [new Link(own, other)]), audit.Keyring.Signer.Verifier);

        Assert.Equal("The leaf is about something that is not in this story.", Assert.Single(report.Findings).What);
        Assert.Equal((1, 5L), (report.ExitCode, report.Leaves));
    }

    [Fact]
    public async Task A_checkpoint_from_before_agrees_with_the_file_and_one_of_another_history_does_not()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var decided = Decision(audit, audit.Act("decided", kind: "decision.made"));
        var leaves = await audit.CommitAsync(audit.Act("before"), decided);
        await audit.SequenceAsync();
        var kept = audit.File.All().Last();
        await audit.CommitAsync(audit.Act("later"), audit.Act("and later"), audit.Act("and again"));
        await audit.SequenceAsync();
        var newest = audit.File.All().Last();
        var size = kept.Checkpoint.Size;
        var forged = new Checkpoint(kept.Checkpoint.Origin, size, newest.Checkpoint.Root);
        var other = new PublishedCheckpoint(audit.Keyring.Signer.Sign(forged.ToText()), forged);

        var file = await WrittenAsync(audit, decided, leaves[1], [], anchor: size);
        var without = await WrittenAsync(audit, decided, leaves[1], []);

        Assert.Equal((0, 3L), (Verify(file, audit.Keyring.Signer.Verifier, kept, newest).ExitCode, Verify(file, audit.Keyring.Signer.Verifier, kept, newest).Checkpoints));
        Assert.Contains("history was rewritten", Assert.Single(Verify(file, audit.Keyring.Signer.Verifier, other).Findings).What, StringComparison.Ordinal);
        var unchecked_ = Verify(without, audit.Keyring.Signer.Verifier, kept);
        Assert.Equal((2, $"The file does not show that its tree grew from there: take the evidence with anchor={size}."), (unchecked_.ExitCode, Assert.Single(unchecked_.Findings).What));
    }

    private static AuditAct Case(AuditHarness audit, Guid id, Guid transaction) =>
        audit.Act("", kind: "case.grew") with { About = id, Payload = CanonicalObject.Of(("case", id), ("items", $"\n{Guid.Empty:D}\n{transaction:D}\n")) };

    /// <summary>A decision, an override of it, a comment on the override; and another decision with its own override.</summary>
    private static async Task<byte[]> FileAsync(AuditHarness audit, IReadOnlyList<Part> parts)
    {
        var decided = Decision(audit, audit.Act("decided", kind: "decision.made"));
        var overridden = audit.Act("overridden", kind: "decision.overridden") with { About = decided.Ref, Tags = ["FINRA 4511", "SEC 17a-4"] };
        var other = Decision(audit, audit.Act("of another decision", kind: "decision.made"));
        var leaves = await audit.CommitAsync(
            decided, other, overridden, audit.Act("commented", kind: "case.commented") with { About = overridden.Ref }, audit.Act("of another decision") with { About = other.Ref });
        await audit.SequenceAsync();
        return await WrittenAsync(audit, decided, leaves[0], parts);
    }

    private static async Task<byte[]> WrittenAsync(AuditHarness audit, AuditAct decided, ComposedLeaf leaf, IReadOnlyList<Part> parts, IReadOnlyList<Link>? links = null, long? anchor = null)
    {
        var lines = new ExportLines(new PayloadVault(audit.Keyring), []);
        var writer = new EvidenceWriter(audit.Database, audit.Keyring, new StoryReader(audit.Database, links ?? []), lines, parts, audit.Time);
        using var file = new MemoryStream();
        Assert.True(await writer.WriteAsync(file, new EvidenceSubject(AuditHarness.Namespace, decided.Ref, leaf.LeafId), anchor, audit.Stop));
        return file.ToArray();
    }

    private sealed record Link(params IReadOnlyList<Guid> Ids) : IStoryLink
    {
        public Task<IReadOnlyList<Guid>> OfAsync(Guid about, CancellationToken cancellationToken) => Task.FromResult(Ids);
    }

    private static AuditAct Decision(AuditHarness audit, AuditAct act)
    {
        var json = new CanonicalJsonWriter();
        json.BeginObject();
        json.Name("decision"u8);
        json.BeginObject();
        json.Property("explanation_sha256"u8, Convert.ToHexStringLower(SHA256.HashData(Explanation)));
        json.Property("text"u8, Encoding.UTF8.GetString(act.Payload.Span));
        json.EndObject();
        json.EndObject();
        return act with { Payload = json.Written.ToArray(), At = audit.Time.GetUtcNow() };
    }

    private static VerificationReport Verify(byte[] file, NoteVerifier? key, params IReadOnlyList<PublishedCheckpoint> kept) => EvidenceVerifier.Verify(new MemoryStream(file), key, kept);

    private sealed record Part(string Name, byte[] Bytes) : IEvidencePart
    {
        public Task<byte[]?> OfAsync(EvidenceSubject subject, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(Bytes);
    }
}
