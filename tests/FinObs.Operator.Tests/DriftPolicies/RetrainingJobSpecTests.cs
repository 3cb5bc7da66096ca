using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Operator.DriftPolicies;
using FinObs.Operator.ModelVersions;
using FinObs.Testing;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Tests.DriftPolicies;

public sealed class RetrainingJobSpecTests
{
    [Fact]
    public void A_run_has_this_Job() => Snapshot.Matches("job.yaml", KubernetesYaml.Serialize(Build(new RetrainingJob())).TrimEnd('\n') + "\n");

    [Fact]
    public void Its_bounds_are_those_of_the_policy()
    {
        V1JobSpec spec = Build(new RetrainingJob { Deadline = Duration.Minutes(90), BackoffLimit = 0, Resources = new() { Requests = new Dictionary<string, string> { ["cpu"] = "4" } } }).Spec;
        Assert.Equal((5400L, 0), (spec.ActiveDeadlineSeconds, spec.BackoffLimit));
        Assert.Equal("4", spec.Template.Spec.Containers[0].Resources.Requests["cpu"].ToString());
    }

    [Fact]
    public void The_same_policy_and_run_have_one_name_and_others_another()
    {
        string name = RetrainingJobSpec.NameOf(Given.Policy(), Given.Run);
        Assert.Equal(name, RetrainingJobSpec.NameOf(Given.Policy(), Given.Run));
        Assert.NotEqual(name, RetrainingJobSpec.NameOf(Given.Policy(), "019a0000-0000-7000-8000-000000000002"));
        Assert.NotEqual(name, RetrainingJobSpec.NameOf(Given.Policy(uid: "another"), Given.Run));
    }

    [Fact]
    public void A_long_name_is_a_label_all_the_same()
    {
        string name = RetrainingJobSpec.NameOf(Given.Policy(new string('a', 200) + ".b"), Given.Run);
        Assert.Matches("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", name);
    }

    [Fact]
    public void With_a_shared_key_the_pod_shows_that()
    {
        ScorerOptions options = ModelVersions.Given.Scorer();
        options.ApiKeySecret = "finobs-key";
        V1PodSpec pod = RetrainingJobSpec.Build(Given.Policy(), new RetrainingJob(), Given.Run, options).Spec.Template.Spec;
        Assert.Equal("/var/run/secrets/finobs/api-key", pod.Containers[0].Args[^1]);
        Assert.Equal("finobs-key", pod.Volumes.Single(volume => volume.Secret is not null).Secret.SecretName);
    }

    private static V1Job Build(RetrainingJob wish) => RetrainingJobSpec.Build(Given.Policy(), wish, Given.Run, ModelVersions.Given.Scorer());
}
