using System.Security.Cryptography;
using System.Text;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Tests.Training;

namespace FinObs.Scoring.Tests.Artifacts;

public sealed class ModelArtifactTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("artifact").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_scores_the_same_from_memory_from_a_folder_and_from_a_zip()
    {
        ModelArtifact artifact = SampleData.Train();
        artifact.Save(_folder);
        string zip = Path.Combine(_folder, "artifact.zip");
        File.WriteAllBytes(zip, artifact.ToZip());

        using IScoringModel memory = artifact.Open();
        using IScoringModel folder = ModelArtifact.Load(_folder, artifact.Digest);
        using IScoringModel packed = ModelArtifact.Load(zip, artifact.Digest);

        (double[] margins, double[] scores) = Score(memory);
        foreach (IScoringModel loaded in (IScoringModel[])[folder, packed])
        {
            (double[] sameMargins, double[] sameScores) = Score(loaded);
            Assert.Equal(margins, sameMargins);
            Assert.Equal(scores, sameScores);
        }
    }

    [Fact]
    public void A_loaded_model_scores_its_training_rows_as_it_did_in_training()
    {
        ModelArtifact artifact = SampleData.Train();
        using IScoringModel model = artifact.Open();
        (_, double[] scores) = Score(model);

        var bins = new long[artifact.Manifest.Reference!.Score.Counts.Length];
        foreach (double score in scores)
        {
            bins[artifact.Manifest.Reference.Score.BinOf(score)]++;
        }

        Assert.Equal(artifact.Manifest.Reference.Score.Counts, bins);
    }

    [Fact]
    public void A_manifest_is_read_back_as_it_was_written()
    {
        ModelArtifact artifact = SampleData.Train();
        artifact.Save(_folder);

        ModelArtifact read = ModelArtifact.Read(_folder);

        Assert.Equal(ManifestJson.Write(artifact.Manifest), ManifestJson.Write(read.Manifest));
        Assert.Equal(artifact.Digest, read.Digest);
    }

    [Fact]
    public void The_address_is_what_sha256sum_says()
    {
        ModelArtifact artifact = SampleData.Train();
        string lines = $"{Sha256(artifact.ManifestBytes.Span)}  manifest.json\n{Sha256(artifact.ModelBytes.Span)}  model.onnx\n";

        Assert.Equal("sha256:" + Sha256(Encoding.ASCII.GetBytes(lines)), artifact.Digest);
    }

    [Fact]
    public void Metrics_are_added_without_a_new_training()
    {
        ModelArtifact artifact = SampleData.Train();

        ModelArtifact measured = artifact.WithMetrics(new Dictionary<string, double>(StringComparer.Ordinal) { ["auc"] = 0.9 });

        Assert.Equal(0.9, measured.Manifest.Training!.Metrics!["auc"]);
        Assert.Equal(artifact.ModelBytes, measured.ModelBytes);
        Assert.NotEqual(artifact.Digest, measured.Digest);
    }

    [Fact]
    public void The_fingerprint_names_runtime_vectors_code_and_artifact()
    {
        ModelArtifact artifact = SampleData.Train();
        using IScoringModel model = artifact.Open();

        Assert.Contains(".NET", model.EngineFingerprint, StringComparison.Ordinal);
        Assert.Contains("Vector", model.EngineFingerprint, StringComparison.Ordinal);
        Assert.Contains("code ", model.EngineFingerprint, StringComparison.Ordinal);
        Assert.EndsWith(artifact.Digest, model.EngineFingerprint, StringComparison.Ordinal);
    }

    private static (double[] Margins, double[] Scores) Score(IScoringModel model)
    {
        double[] margins = new double[3000], scores = new double[3000];
        model.Score(SampleData.Rows(3000), margins, scores);
        return (margins, scores);
    }

    private static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
