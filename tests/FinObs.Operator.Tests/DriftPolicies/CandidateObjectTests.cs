using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.DataPlane;
using FinObs.Operator.DriftPolicies;

namespace FinObs.Operator.Tests.DriftPolicies;

public sealed class CandidateObjectTests
{
    private static readonly TrainedCandidate Trained = new("card-fraud-3.2.1", "it drifts", Given.Candidate());

    [Theory]
    [InlineData(ModelStage.Registered, ModelStage.Registered)]
    [InlineData(ModelStage.Validated, ModelStage.Validated)]
    [InlineData(ModelStage.Shadow, ModelStage.Shadow)]
    [InlineData(ModelStage.Canary, ModelStage.Shadow)]
    [InlineData(ModelStage.Production, ModelStage.Shadow)]
    public void Its_stage_never_decides_whatever_the_policy_and_the_data_plane_say(ModelStage asked, ModelStage given) =>
        Assert.Equal(given, CandidateObject.Of(Given.Policy(), new RetrainingJob { ResultStage = asked }, Given.Run, Trained, null).Spec.Stage);

    [Fact]
    public void It_names_its_policy_and_run_and_has_no_owner()
    {
        ModelVersion version = CandidateObject.Of(Given.Policy(), new RetrainingJob(), Given.Run, Trained, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        Assert.Equal(("card-fraud-3.2.1", "payments"), (version.Metadata.Name, version.Metadata.Namespace));
        Assert.Equal("drift-policy.card-fraud", version.Metadata.Labels![WellKnown.CreatedBy]);
        Assert.Null(version.Metadata.OwnerReferences);
        Assert.Equal($"Retraining run {Given.Run}: it drifts", version.Metadata.Annotations![WellKnown.ChangeReason]);
        Assert.Equal("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", version.Metadata.Annotations[WellKnown.Traceparent]);
    }

    [Fact]
    public void A_label_is_cut_where_it_would_be_too_long() =>
        Assert.InRange(CandidateObject.Of(Given.Policy(new string('p', 200)), new RetrainingJob(), Given.Run, Trained, null).Metadata.Labels![WellKnown.CreatedBy].Length, 1, 63);
}
