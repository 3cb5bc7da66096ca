using FinObs.DataPlane.Models.Verification;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Tests.Models.Verification;

/// <summary>Artifacts that are fetched from where the spec says they are.</summary>
public sealed class FetchedArtifactTests
{
    [Fact]
    public async Task An_artifact_is_fetched_held_against_the_digest_and_kept()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        ModelArtifact artifact = TrainedModels.Named("fraud", "1.0.0");
        using StubHandler handler = new();
        using ArtifactFetcher fetcher = new(handler, TimeSpan.FromSeconds(5));
        ArtifactVerifier verifier = new(host.Services.GetRequiredService<ArtifactStore>(), fetcher, new ArtifactSignatures(fetcher), host.Services.GetRequiredService<IOptions<ModelOptions>>());

        handler.Body = TrainedModels.Named("fraud", "1.0.1").ToZip();
        Assert.Equal(ModelVersionReasons.DigestMismatch, (await VerifyAsync(verifier, artifact)).Reason);
        handler.Body = "not a zip"u8.ToArray();
        Assert.Equal(ModelVersionReasons.Refused, (await VerifyAsync(verifier, artifact)).Reason);
        handler.Status = System.Net.HttpStatusCode.BadGateway;
        ArtifactFinding failed = await VerifyAsync(verifier, artifact);
        Assert.Equal(ModelVersionReasons.FetchFailed, failed.Reason);
        Assert.Contains("models.example answered 502", failed.Message, StringComparison.Ordinal);
        Assert.NotNull(failed.Again);
        (handler.Status, handler.Body) = (System.Net.HttpStatusCode.OK, artifact.ToZip());
        Assert.Equal(ModelVersionReasons.Verified, (await VerifyAsync(verifier, artifact)).Reason);
        handler.Status = System.Net.HttpStatusCode.Gone;
        Assert.Equal(ModelVersionReasons.Verified, (await VerifyAsync(verifier, artifact)).Reason);
    }

    private static Task<ArtifactFinding> VerifyAsync(ArtifactVerifier verifier, ModelArtifact artifact) => verifier.VerifyAsync(
        new ModelVersionSpec { Model = "fraud", Version = "1.0.0", Artifact = new ModelArtifactSpec { Uri = "https://models.example/fraud.zip", Digest = artifact.Digest } },
        ResourceSecrets.None,
        TestContext.Current.CancellationToken);
}
