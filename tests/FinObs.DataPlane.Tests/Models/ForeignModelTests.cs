using System.Text.Json;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Models;

/// <summary>A model that is served by ONNX Runtime because its manifest calls it foreign: through the same door as ours.</summary>
public class ForeignModelTests
{
    [Fact]
    public async Task Its_own_output_is_the_score_and_its_own_thresholds_decide()
    {
        using TemporaryFolder folder = new();
        await using TestDataPlane ours = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ModelArtifact artifact = ours.Services.GetRequiredService<IBuiltInModel>().Train(CancellationToken.None);
        ModelManifest manifest = new("foreign", "2.0.0", artifact.Manifest.Features)
        {
            Format = ModelFormat.Onnx,
            Output = new ScoreOutput("margin"),
            DeclaredThresholds = new DecisionThresholds(1.5, 1e6),
        };
        ModelArtifact.Create(manifest, artifact.ModelBytes.ToArray()).Save(folder.FullPath);
        await using TestDataPlane theirs = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:Artifact", folder.FullPath);
        const string Wire = """{"transaction_id":"f-1","amount":250000,"type":"wire","account":"a-1","timestamp":"2026-02-03T04:05:06Z"}""";
        await ours.PostAsync(Wire);

        JsonElement result = (await theirs.PostAsync(Wire)).GetProperty("results")[0];

        Assert.Equal("foreign@2.0.0", result.GetProperty("model_version").GetString());
        Assert.Equal("manual_review", result.GetProperty("decision").GetString());
        double margin = (await ours.GetAsync("/v1/transactions/f-1")).GetProperty("decision").GetProperty("margin").GetDouble();
        Assert.Equal(margin, result.GetProperty("anomaly_score").GetDouble(), 1e-4 * margin);
    }

    [Fact]
    public async Task An_artifact_that_is_not_what_its_digest_says_is_refused_at_start_with_the_reason()
    {
        using TemporaryFolder folder = new();
        await using TestDataPlane ours = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ours.Services.GetRequiredService<IBuiltInModel>().Train(CancellationToken.None).Save(folder.FullPath);

        ArtifactException refusal = await Assert.ThrowsAsync<ArtifactException>(() => TestDataPlane.StartAsync(
            DatabaseKind.Sqlite, "--Models:Artifact", folder.FullPath, "--Models:ArtifactDigest", "sha256:" + new string('0', 64)));

        Assert.Equal(ArtifactProblem.DigestMismatch, refusal.Problem);
    }
}
