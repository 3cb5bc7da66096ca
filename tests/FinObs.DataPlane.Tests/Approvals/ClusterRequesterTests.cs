using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Storage;
using static FinObs.DataPlane.Tests.Approvals.ApprovalWorld;

namespace FinObs.DataPlane.Tests.Approvals;

/// <summary>Whoever asked in the cluster must not agree here, where they have another name.</summary>
public sealed class ClusterRequesterTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Whoever_applied_it_by_kubectl_is_left_out_though_they_first_sign_in_afterwards(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync(Ask() with { RequestedBy = "oidc:alice" });
        Voter alice = await PersonAsync(world, "alice"), ben = await PersonAsync(world, "ben");

        Assert.Contains("in the cluster", Assert.IsType<ApprovalOutcome.NotYours>(await world.SayAsync(id, alice)).Why, StringComparison.Ordinal);
        Assert.IsType<ApprovalOutcome.NotYours>(await world.SayAsync(id, alice, approves: false));
        await world.AgreeAsync(id, ben);
        Assert.Single((await world.FindAsync(id)).Votes);
        Assert.IsType<ApprovalOutcome.NotYours>(await world.Voting.CancelAsync(id, ben.Name, "not mine", Stop));
        Assert.IsType<ApprovalOutcome.Counted>(await world.Voting.CancelAsync(id, alice.Name, "mine", Stop));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Whoever_the_request_leaves_out_by_a_name_of_the_cluster_does_not_count_either(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind, settings: [("Access:ClusterUsers:0:Name", "cert-4711"), ("Access:ClusterUsers:0:Person", "alice@bank.example")]);
        Guid id = await world.RequestAsync(Ask(excluded: ["argocd-controller", "cert-4711"]) with { RequestedBy = "system:rollout" });

        Assert.IsType<ApprovalOutcome.NotYours>(await world.SayAsync(id, await PersonAsync(world, "alice")));
        await world.AgreeAsync(id, await PersonAsync(world, "ben"));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Of_whom_nothing_is_known_cannot_agree_to_what_somebody_in_the_cluster_asked_for(DatabaseKind kind)
    {
        await using ApprovalWorld world = await StartAsync(kind);
        Guid id = await world.RequestAsync(Ask() with { RequestedBy = "alice" });

        Assert.Contains("sign in anew", Assert.IsType<ApprovalOutcome.NotYours>(await world.SayAsync(id, Compliance(Guid.CreateVersion7().ToString("D")))).Why, StringComparison.Ordinal);
    }

    private static async Task<Voter> PersonAsync(ApprovalWorld world, string name)
    {
        IssuerIdentity who = new("https://sso.bank.example", new UserProfile($"00u-{name}", $"{name} Example", $"{name}@bank.example", name), [Roles.Compliance]);
        UserRow row = Assert.IsType<Coming.In>(await world.Slice.Get<UserDirectory>().ComeAsync(who, "bearer", Stop)).User;
        return new Voter(row.Actor, [Roles.Compliance]);
    }
}
