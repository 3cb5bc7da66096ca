using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions;

namespace FinObs.Operator.Tests.ModelVersions;

/// <summary>What the tests begin with.</summary>
internal static class Given
{
    public const string Digest = "sha256:3f1c0a5e9d7b4c2e8f6a1b3d5c7e9f0a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d0e";

    public static ModelVersion Version(string name = "card-fraud", string version = "3.2.0", Func<ModelVersionSpec, ModelVersionSpec>? change = null)
    {
        ModelVersionSpec spec = new()
        {
            Model = name,
            Version = version,
            Artifact = new ModelArtifactSpec { Uri = $"finobs://{Digest}", Digest = Digest },
            Stage = ModelStage.Production,
        };
        return new ModelVersion
        {
            Metadata = new ObjectMeta { Name = $"{name}-{version}", Namespace = "payments", Uid = "0b9f6a2e-6f2c-4b53-9a3f-1d7a5d5f0c11", Generation = 3 },
            Spec = change?.Invoke(spec) ?? spec,
        };
    }

    public static ScorerOptions Scorer() => new()
    {
        Image = "registry.example/finobs/data-plane:0.1.0",
        TokenIssuer = "https://kubernetes.default.svc.cluster.local",
        AllowedCallers = { "system:serviceaccount:finobs-system:finobs-data-plane" },
    };
}
