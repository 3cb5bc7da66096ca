using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Operator.Rbac;
using FinObs.Operator.Tests.Resources;
using FinObs.Testing;

namespace FinObs.Operator.Tests.Charts;

/// <summary>deploy/kubernetes is the chart with its defaults: what the one has, the other has.</summary>
public sealed partial class PlainManifestsTests
{
    private static readonly string Folder = RepositoryRoot.Combine("deploy/kubernetes");
    private static readonly JsonObject Values = YamlDocuments.Read(RepositoryRoot.Combine("charts/finobs/values.yaml")).Single();

    [Fact]
    public void The_kustomization_names_every_manifest()
    {
        string[] named = [.. YamlDocuments.Read(Path.Combine(Folder, "kustomization.yaml")).Single()["resources"]!.AsArray().Select(name => name!.GetValue<string>())];
        string[] there = [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Where(name => name != "kustomization.yaml")];
        Assert.Equal(there.Append("../../crds").Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_roles_are_the_generated_ones() => Assert.Equal(RbacBundle.Yaml(), File.ReadAllText(Path.Combine(Folder, RbacCommand.BundleFile)));

    /// <summary>Variables, mounts, volumes and arguments by name, in order: those of the template that no condition can take away.</summary>
    [Theory]
    [InlineData("operator.yaml", "Deployment")]
    [InlineData("data-plane.yaml", "StatefulSet")]
    public void A_workload_has_what_the_charts_has(string file, string kind)
    {
        string template = Unconditional(File.ReadAllText(RepositoryRoot.Combine($"charts/finobs/templates/{file}")));
        JsonNode pod = YamlDocuments.Read(Path.Combine(Folder, file)).Single(document => document["kind"]!.GetValue<string>() == kind)["spec"]!["template"]!["spec"]!;
        JsonNode container = pod["containers"]!.AsArray().Single()!;
        Assert.Equal(Variable().Matches(template).Select(match => match.Groups["name"].Value), Names(container["env"]!));
        Assert.Equal(Mount().Matches(template).Select(match => match.Groups["name"].Value), Names(container["volumeMounts"]!));
        Assert.Equal(Names(container["volumeMounts"]!).Where(name => name != "data").Order(StringComparer.Ordinal), Names(pod["volumes"]!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("operator.yaml", "operator")]
    [InlineData("data-plane.yaml", "dataPlane")]
    public void Replicas_and_resources_are_the_charts_defaults(string file, string value)
    {
        JsonNode spec = YamlDocuments.Read(Path.Combine(Folder, file)).Single(document => document["kind"]!.GetValue<string>() is "Deployment" or "StatefulSet")["spec"]!;
        JsonNode container = spec["template"]!["spec"]!["containers"]!.AsArray().Single()!;
        Assert.Equal(Values[value]!["replicas"]!.ToJsonString(), spec["replicas"]!.ToJsonString());
        Assert.Equal(Values[value]!["resources"]!.ToJsonString(), container["resources"]!.ToJsonString());
    }

    [Theory]
    [InlineData("operator.yaml")]
    [InlineData("data-plane.yaml")]
    public void Every_pod_keeps_to_the_restricted_Pod_Security_Standard(string file)
    {
        JsonNode pod = YamlDocuments.Read(Path.Combine(Folder, file)).Single(document => document["kind"]!.GetValue<string>() is "Deployment" or "StatefulSet")["spec"]!["template"]!["spec"]!;
        JsonNode container = pod["containers"]!.AsArray().Single()!["securityContext"]!;
        Assert.True(pod["securityContext"]!["runAsNonRoot"]!.GetValue<bool>());
        Assert.Equal("RuntimeDefault", pod["securityContext"]!["seccompProfile"]!["type"]!.GetValue<string>());
        Assert.False(container["allowPrivilegeEscalation"]!.GetValue<bool>());
        Assert.True(container["readOnlyRootFilesystem"]!.GetValue<bool>());
        Assert.Equal("ALL", container["capabilities"]!["drop"]![0]!.GetValue<string>());
    }

    private static IEnumerable<string> Names(JsonNode list) => list.AsArray().Select(item => item!["name"]!.GetValue<string>());

    /// <summary>Without what stands between an <c>if</c>, <c>with</c> or <c>range</c> and its end.</summary>
    private static string Unconditional(string template)
    {
        int depth = 0;
        List<string> kept = [];
        foreach (string line in template.Split('\n'))
        {
            if (Opens().IsMatch(line)) depth++;
            if (depth == 0) kept.Add(line);
            if (Ends().IsMatch(line)) depth--;
        }

        return string.Join('\n', kept);
    }

    [GeneratedRegex(@"^\s*- \{name: (?<name>[A-Za-z][A-Za-z0-9_]*), value: ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\s*- \{name: (?<name>[a-z-]+), mountPath: ", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Mount();

    [GeneratedRegex(@"\{\{-?\s*(if|range|with)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Opens();

    [GeneratedRegex(@"\{\{-?\s*end\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Ends();
}
