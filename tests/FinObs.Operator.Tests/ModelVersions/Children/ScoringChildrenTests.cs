using System.Collections;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions.Children;
using FinObs.Testing;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Tests.ModelVersions.Children;

public sealed class ScoringChildrenTests
{
    [Fact]
    public void A_production_version_has_these_children() => Snapshot.Matches("production.yaml", Yaml(Children(Given.Version())));

    [Fact]
    public void An_autoscaled_version_has_these_children() => Snapshot.Matches(
        "autoscaled.yaml",
        Yaml(Children(Given.Version(change: spec => spec with
        {
            Serving = new ServingSpec
            {
                MinReplicas = 2,
                MaxReplicas = 6,
                PodTemplate = new ServingPodTemplate
                {
                    Labels = new Dictionary<string, string> { ["team"] = "fraud", ["app.kubernetes.io/name"] = "not-yours" },
                    NodeSelector = new Dictionary<string, string> { ["pool"] = "scoring" },
                    Tolerations = [new PodToleration { Key = "scoring", Operator = TolerationOperator.Exists, Effect = TaintEffect.NoSchedule }],
                    PriorityClassName = "payments",
                },
            },
        }))));

    [Theory]
    [InlineData("pvc://models/fraud/3.2.0", "file:///artifact/fraud/3.2.0")]
    [InlineData("oci://registry.example/models/fraud:3.2.0", "file:///artifact")]
    [InlineData("https://models.example/fraud.zip", "http://finobs-data-plane:8080/v1/artifacts/" + Given.Digest)]
    [InlineData("finobs://" + Given.Digest, "http://finobs-data-plane:8080/v1/artifacts/" + Given.Digest)]
    public void A_pod_fetches_from_the_mount_or_from_the_data_plane(string uri, string url)
    {
        V1PodSpec pod = PodOf(Given.Version(change: spec => spec with { Artifact = spec.Artifact with { Uri = uri } }));
        Assert.Equal(url, pod.Containers[0].Env.Single(variable => variable.Name == "Scorer__ArtifactUrl").Value);
    }

    [Theory]
    [InlineData("pvc://models/fraud", false)]
    [InlineData("finobs://" + Given.Digest, true)]
    public void A_pod_has_a_token_only_where_it_shows_one(string uri, bool hasToken)
    {
        V1PodSpec pod = PodOf(Given.Version(change: spec => spec with { Artifact = spec.Artifact with { Uri = uri } }));
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Equal(hasToken, pod.Volumes.Any(volume => volume.Projected is not null));
    }

    [Theory]
    [InlineData(ModelStage.Registered, false)]
    [InlineData(ModelStage.Validated, false)]
    [InlineData(ModelStage.Shadow, true)]
    [InlineData(ModelStage.Canary, true)]
    [InlineData(ModelStage.Production, true)]
    [InlineData(ModelStage.Retired, false)]
    public void Only_a_stage_that_scores_has_pods(ModelStage stage, bool hasPods) =>
        Assert.Equal(hasPods, Children(Given.Version(change: spec => spec with { Stage = stage })).Deployment is not null);

    [Fact]
    public void A_server_of_somebody_else_needs_no_pods() =>
        Assert.Equal(ScoringChildren.None, Children(Given.Version(change: spec => spec with { Serving = new ServingSpec { External = new ExternalServer { Url = "https://triton.example" } } })));

    [Fact]
    public void The_kill_switch_keeps_the_pods() => Assert.NotNull(Children(Given.Version(change: spec => spec with { KillSwitch = true })).Deployment);

    [Fact]
    public void The_same_version_gives_the_same_children() => Assert.Equal(Yaml(Children(Given.Version())), Yaml(Children(Given.Version())));

    [Fact]
    public void No_label_of_a_user_replaces_one_of_ours()
    {
        V1Deployment deployment = Children(Given.Version(change: spec => spec with
        {
            Serving = new ServingSpec { PodTemplate = new ServingPodTemplate { Labels = new Dictionary<string, string> { [ChildLabels.Instance] = "mine" } } },
        })).Deployment!;
        Assert.Equal(deployment.Spec.Selector.MatchLabels[ChildLabels.Instance], deployment.Spec.Template.Metadata.Labels[ChildLabels.Instance]);
    }

    private static ScoringChildren Children(ModelVersion version) => ScoringChildren.Of(version, Given.Scorer());

    private static V1PodSpec PodOf(ModelVersion version) => Children(version).Deployment!.Spec.Template.Spec;

    private static string Yaml(ScoringChildren children) => string.Join(
        "---\n",
        ((IEnumerable)new object?[] { children.ServiceAccount, children.NetworkPolicy, children.Service, children.Deployment, children.Autoscaler, children.DisruptionBudget })
            .OfType<object>().Select(child => KubernetesYaml.Serialize(child).TrimEnd('\n') + "\n"));
}
