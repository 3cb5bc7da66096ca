using System.Security.Cryptography;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Audit;

public class AuditComposerTests
{
    [Fact]
    public async Task A_leaf_is_canonical_and_says_who_did_what_to_which_row_without_naming_the_account()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var act = audit.Act("hello", "DE89 3704 0044 0532 0130 00", topic: "decision.made");
        using var batch = await audit.Composer.PrepareAsync(act.Namespace, [act.Subject], audit.Stop);
        var composed = batch.Compose(act);

        Assert.True(CanonicalJson.IsCanonical(composed.Leaf.Leaf));
        Assert.DoesNotContain("3704", AuditHarness.Text(composed.Leaf.Leaf), StringComparison.Ordinal);
        Assert.DoesNotContain("hello", AuditHarness.Text(composed.Leaf.Leaf), StringComparison.Ordinal);
        var leaf = LeafDocument.Parse(composed.Leaf.Leaf);
        Assert.Equal((composed.LeafId, act.Namespace, act.Kind, act.At, act.Actor, act.Ref), (leaf.Id, leaf.Namespace, leaf.Kind, leaf.At, leaf.Actor, leaf.Ref));
        Assert.Equal(audit.Keyring.Token(act.Namespace, act.Subject!), leaf.Subject);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", leaf.Trace);
        Assert.Equal((composed.LeafId, "decision.made", act.Ref), (composed.Outbox.LeafId, composed.Outbox.Topic, composed.Outbox.SubjectId));
        Assert.Equal(SHA256.HashData([0, .. composed.Leaf.Leaf]), composed.Outbox.LeafHash);
    }

    [Fact]
    public async Task A_payload_opens_under_its_subjects_key_and_has_the_leafs_digest()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        using var batch = await audit.Composer.PrepareAsync("default", ["a", null], audit.Stop);
        foreach (var subject in new[] { "a", null })
        {
            var act = audit.Act("secret", subject);
            var leaf = batch.Compose(act).Leaf;
            var key = (await audit.Keys.GetAsync("default", [subject], audit.Stop)).Values.Single();
            var opened = SealedPayload.Open(key.Key, leaf.Payload, leaf.Id);
            Assert.NotNull(opened);
            Assert.Equal(act.Payload.ToArray(), opened.Payload);
            Assert.Equal(SHA256.HashData([.. opened.Salt, .. opened.Payload]), LeafDocument.Parse(leaf.Leaf).PayloadDigest);

            Assert.Null(SealedPayload.Open(key.Key, leaf.Payload, Guid.Empty));
            Assert.Null(SealedPayload.Open(new byte[32], leaf.Payload, leaf.Id));
            leaf.Payload[^1] ^= 1;
            Assert.Null(SealedPayload.Open(key.Key, leaf.Payload, leaf.Id));
        }
    }

    [Fact]
    public async Task Equal_acts_have_different_digests_and_ids_in_order()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var act = audit.Act("same");
        using var batch = await audit.Composer.PrepareAsync("default", [act.Subject], audit.Stop);
        var leaves = Enumerable.Range(0, 200).Select(_ => batch.Compose(act)).ToList();
        Assert.Equal(200, leaves.Select(l => Convert.ToHexString(LeafDocument.Parse(l.Leaf.Leaf).PayloadDigest)).Distinct().Count());
        Assert.Equal(leaves.Select(l => l.LeafId).Order(), leaves.Select(l => l.LeafId));
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Two_replicas_that_meet_a_new_subject_together_go_on_with_one_key(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        var subjects = Enumerable.Range(0, 300).Select(i => $"acct-{i}").ToList();
        var replicas = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => audit.NewKeys().GetAsync("default", subjects, audit.Stop))));
        foreach (var other in replicas[1..])
            Assert.All(subjects, s => Assert.Equal((replicas[0][s].Id, Convert.ToHexString(replicas[0][s].Key)), (other[s].Id, Convert.ToHexString(other[s].Key))));
        await using var db = audit.Database.CreateContext();
        Assert.Equal(300, await db.Set<SubjectKeyRow>().CountAsync(audit.Stop));
    }

    [Fact]
    public async Task The_same_account_has_other_tokens_and_keys_in_another_namespace()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        var here = (await audit.Keys.GetAsync("a", ["acct"], audit.Stop))["acct"];
        var there = (await audit.Keys.GetAsync("b", ["acct"], audit.Stop))["acct"];
        Assert.NotEqual(here.Token, there.Token);
        Assert.NotEqual(here.Key, there.Key);
    }

    [Fact]
    public async Task An_act_that_was_not_prepared_is_refused()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        using var batch = await audit.Composer.PrepareAsync("default", ["a"], audit.Stop);
        Assert.Throws<InvalidOperationException>(() => batch.Compose(audit.Act("x", "b")));
        Assert.Throws<InvalidOperationException>(() => batch.Compose(audit.Act("x", "a", @namespace: "other")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"v":2}""")]
    [InlineData("not json")]
    public void What_is_not_a_leaf_is_refused(string text) => Assert.Throws<FormatException>(() => LeafDocument.Parse(System.Text.Encoding.UTF8.GetBytes(text)));
}
