using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.Operator.Tests.DriftPolicies;

/// <summary>What the tests begin with.</summary>
internal static class Given
{
    public const string Run = "019a0000-0000-7000-8000-000000000001";

    public static DriftPolicy Policy(string name = "card-fraud", string uid = "5f2a9c1e-6f2c-4b53-9a3f-1d7a5d5f0c11") => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "payments", Uid = uid },
        Spec = new DriftPolicySpec { ModelRef = new ModelRef { Model = "card-fraud" } },
    };

    public static ModelVersionSpec Candidate() => new()
    {
        Model = "card-fraud",
        Version = "3.2.1",
        Artifact = new ModelArtifactSpec { Uri = $"finobs://{ModelVersions.Given.Digest}", Digest = ModelVersions.Given.Digest },
        Stage = ModelStage.Production,
    };
}
