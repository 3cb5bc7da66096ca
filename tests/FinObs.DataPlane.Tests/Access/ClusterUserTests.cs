using FinObs.DataPlane.Access.Users;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>Which names of a cluster may be a person's.</summary>
public sealed class ClusterUserTests
{
    private static readonly Guid Id = Guid.Parse("0199aa00-0000-7000-8000-000000000001");
    private static readonly UserProfile Ada = new("00u1a2b3", "Ada Example", "Ada@bank.example", "ada");

    [Theory]
    [InlineData("ada")]
    [InlineData("ADA")]
    [InlineData("00u1a2b3")]
    [InlineData("ada@bank.example")]
    [InlineData("Ada Example")]
    [InlineData("oidc:ada")]
    [InlineData("https://sso.bank.example/realms/bank#00u1a2b3")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/model-owners/ada@bank.example")]
    public void The_usual_names_of_API_servers_are_known_without_a_setting(string name) => Assert.True(ClusterUser.IsMeant(name, Id, Ada, []));

    [Theory]
    [InlineData("adam")]
    [InlineData("ada@other.example")]
    [InlineData("kubectl-client-side-apply")]
    [InlineData("argocd-controller")]
    [InlineData("system:serviceaccount:bank:ada")]
    [InlineData("system:admin")]
    public void Others_and_programs_are_not(string name) => Assert.False(ClusterUser.IsMeant(name, Id, Ada, []));

    [Theory]
    [InlineData("00u1a2b3", true)]
    [InlineData("ADA@bank.example", true)]
    [InlineData("user:0199aa00-0000-7000-8000-000000000001", true)]
    [InlineData("somebody-else", false)]
    public void What_is_configured_for_a_name_alone_counts(string person, bool isAda)
    {
        ClusterUser[] configured = [new ClusterUser { Name = "kubernetes-admin", Person = person }, new ClusterUser { Name = "ada", Person = person }];
        Assert.Equal(isAda, ClusterUser.IsMeant("kubernetes-admin", Id, Ada, configured));
        Assert.Equal(isAda, ClusterUser.IsMeant("ada", Id, Ada, configured));
    }

    [Fact]
    public void Nobody_is_meant_by_what_the_issuer_leaves_empty() => Assert.False(ClusterUser.IsMeant("oidc:", Id, new UserProfile("00u1", "", null), []));
}
