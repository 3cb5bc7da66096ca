using FinObs.Operator.Rbac;
using FinObs.Testing;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Tests.Rbac;

public sealed class OperatorRulesTests
{
    private static IEnumerable<V1PolicyRule> Rules => OperatorRules.Namespaced.Concat(OperatorRules.OwnNamespace);

    [Fact]
    public void No_rule_holds_a_wildcard() => Assert.All(Rules, rule =>
    {
        Assert.DoesNotContain(rule.ApiGroups.Concat(rule.Resources).Concat(rule.Verbs), word => word.Contains('*', StringComparison.Ordinal));
        Assert.Null(rule.NonResourceURLs);
    });

    /// <summary>What would let the operator give itself more than it has, or take somebody else's place.</summary>
    [Theory]
    [InlineData("roles", "rolebindings", "clusterroles", "clusterrolebindings")]
    [InlineData("serviceaccounts/token", "pods/exec", "pods/attach", "pods/portforward")]
    [InlineData("validatingwebhookconfigurations", "mutatingwebhookconfigurations", "customresourcedefinitions", "certificatesigningrequests")]
    [InlineData("nodes", "namespaces", "configmaps", "persistentvolumes")]
    public void No_rule_reaches(params string[] resources) =>
        Assert.All(Rules, rule => Assert.Empty(rule.Resources.Intersect(resources, StringComparer.Ordinal)));

    [Fact]
    public void Secrets_and_pods_are_read_and_never_written() =>
        Assert.All(Rules.Where(rule => rule.Resources.Contains("secrets") || rule.Resources.Contains("pods")), rule => Assert.Empty(rule.Verbs.Except(["get", "list", "watch"])));

    [Fact]
    public void No_verb_is_one_of_those_that_act_for_others_or_on_everything() =>
        Assert.All(Rules, rule => Assert.Empty(rule.Verbs.Intersect(["bind", "escalate", "impersonate", "deletecollection", "approve", "sign", "use"], StringComparer.Ordinal)));

    [Fact]
    public void No_resource_stands_in_two_rules()
    {
        string[] all = [.. Rules.SelectMany(rule => rule.ApiGroups.SelectMany(group => rule.Resources.Select(resource => $"{group}/{resource}")))];
        Assert.Equal(all.Distinct(), all);
    }

    [Fact]
    public async Task The_chart_has_what_the_command_writes()
    {
        using TemporaryFolder folder = new();

        Assert.Equal(0, await OperatorCommands.RunAsync(["rbac", "--out", folder.Combine("rbac")]));

        Assert.Equal([RbacCommand.NamespacedFile, RbacCommand.OwnNamespaceFile], Directory.EnumerateFiles(folder.Combine("rbac")).Select(Path.GetFileName).Order());
        foreach ((string file, IReadOnlyList<V1PolicyRule> rules) in new[] { (RbacCommand.NamespacedFile, OperatorRules.Namespaced), (RbacCommand.OwnNamespaceFile, OperatorRules.OwnNamespace) })
        {
            string written = await File.ReadAllTextAsync(folder.Combine($"rbac/{file}"), TestContext.Current.CancellationToken);
            Assert.Equal(await File.ReadAllTextAsync(RepositoryRoot.Combine($"charts/finobs/rbac/{file}"), TestContext.Current.CancellationToken), written);
            Assert.Equal(rules.Select(Text), KubernetesYaml.Deserialize<List<V1PolicyRule>>(written).Select(Text));
        }
    }

    private static string Text(V1PolicyRule rule) => $"{string.Join(',', rule.ApiGroups)} {string.Join(',', rule.Resources)} {string.Join(',', rule.Verbs)}";
}
