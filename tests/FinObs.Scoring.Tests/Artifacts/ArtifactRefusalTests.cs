using System.IO.Compression;
using System.Text;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Features;
using FinObs.Scoring.Tests.IsolationForest;
using FinObs.Scoring.Tests.Training;
using Google.Protobuf;
using static FinObs.Scoring.Artifacts.Onnx.OnnxNodes;

namespace FinObs.Scoring.Tests.Artifacts;

public sealed class ArtifactRefusalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("artifact").FullName;

    private string ManifestPath => Path.Combine(_folder, ModelArtifact.ManifestFile);

    private string ModelPath => Path.Combine(_folder, ModelArtifact.ModelFile);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_path_without_artifact_is_not_found() => Refused(ArtifactProblem.NotFound, Path.Combine(_folder, "nothing"));

    [Fact]
    public void A_folder_without_manifest_is_refused()
    {
        SampleData.Train().Save(_folder);
        File.Delete(ManifestPath);
        Refused(ArtifactProblem.MissingManifest, _folder);
    }

    [Fact]
    public void A_folder_without_model_is_refused()
    {
        SampleData.Train().Save(_folder);
        File.Delete(ModelPath);
        Refused(ArtifactProblem.MissingModel, _folder);
    }

    [Fact]
    public void A_changed_model_file_is_refused()
    {
        SampleData.Train().Save(_folder);
        byte[] bytes = File.ReadAllBytes(ModelPath);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(ModelPath, bytes);
        Refused(ArtifactProblem.DigestMismatch, _folder);
    }

    [Fact]
    public void A_changed_manifest_does_not_have_the_expected_digest()
    {
        ModelArtifact artifact = SampleData.Train();
        artifact.Save(_folder);
        File.AppendAllText(ManifestPath, "\n");
        Refused(ArtifactProblem.DigestMismatch, _folder, artifact.Digest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(5000)]
    public void A_model_file_that_ends_early_is_refused(int length)
    {
        byte[] whole = ForeignModels.Trees();
        ModelArtifact artifact = ModelArtifact.Create(ForeignModels.Manifest, whole[..length]);
        artifact.Save(_folder);
        Refused(ArtifactProblem.UnreadableModel, _folder);
    }

    [Fact]
    public void A_file_over_the_limit_is_refused()
    {
        SampleData.Train().Save(_folder);
        Refused(ArtifactProblem.Oversized, _folder, limits: new ArtifactLimits(1 << 20, 1000));
        Refused(ArtifactProblem.Oversized, _folder, limits: new ArtifactLimits(1000, 1 << 20));
    }

    [Fact]
    public void A_zip_that_unpacks_over_the_limit_is_refused()
    {
        string zip = Zip((ModelArtifact.ManifestFile, new byte[10_000_000]), (ModelArtifact.ModelFile, []));
        Assert.True(new FileInfo(zip).Length < 50_000);
        Refused(ArtifactProblem.Oversized, zip, limits: new ArtifactLimits(100_000, 100_000));
    }

    [Theory]
    [InlineData("../manifest.json")]
    [InlineData("/etc/manifest.json")]
    [InlineData("a\\..\\manifest.json")]
    [InlineData("C:manifest.json")]
    public void A_zip_with_a_path_that_leads_out_is_refused(string name) =>
        Refused(ArtifactProblem.UnreadableArchive, Zip((name, []), (ModelArtifact.ManifestFile, "{}"u8.ToArray())));

    [Fact]
    public void A_zip_with_a_file_twice_is_refused() =>
        Refused(ArtifactProblem.UnreadableArchive, Zip((ModelArtifact.ManifestFile, "{}"u8.ToArray()), (ModelArtifact.ManifestFile, "{}"u8.ToArray())));

    [Fact]
    public void A_zip_that_ends_early_is_refused()
    {
        string path = Path.Combine(_folder, "cut.zip");
        byte[] zip = SampleData.Train().ToZip();
        File.WriteAllBytes(path, zip[..(zip.Length / 2)]);
        Refused(ArtifactProblem.UnreadableArchive, path);
    }

    [Theory]
    [InlineData("", ArtifactProblem.InvalidManifest)]
    [InlineData("null", ArtifactProblem.InvalidManifest)]
    [InlineData("[1]", ArtifactProblem.InvalidManifest)]
    [InlineData("""{"model":"m"}""", ArtifactProblem.InvalidManifest)]
    [InlineData("""{"model":"m","version":"1.0.0","format":"Pickle","features":{"names":["a"],"baseCurrency":"USD","timeZone":"UTC"}}""", ArtifactProblem.UnknownFormat)]
    [InlineData("""{"model":"Not A Label","version":"1.0.0","format":"Onnx","features":{"names":["a"],"baseCurrency":"USD","timeZone":"UTC"}}""", ArtifactProblem.InvalidManifest)]
    [InlineData("""{"model":"m","version":"one","format":"Onnx","features":{"names":["a"],"baseCurrency":"USD","timeZone":"UTC"}}""", ArtifactProblem.InvalidManifest)]
    [InlineData("""{"model":"m","version":"1.0.0","format":"Onnx","features":{"names":["a","a"],"baseCurrency":"USD","timeZone":"UTC"}}""", ArtifactProblem.InvalidManifest)]
    [InlineData("""{"model":"m","version":"1.0.0","format":"Onnx","features":{"names":["a"],"baseCurrency":"USD","timeZone":"UTC"}}""", ArtifactProblem.MissingThresholds)]
    [InlineData("""{"model":"m","version":"1.0.0","format":"OnnxEnsemble","features":{"names":["a"],"baseCurrency":"USD","timeZone":"UTC"}}""", ArtifactProblem.InvalidManifest)]
    [InlineData("""{"model":"m","version":"1.0.0","format":"Onnx","thresholds":{"reviewAt":2,"blockAt":1},"features":{"names":["a"],"baseCurrency":"USD","timeZone":"UTC"}}""", ArtifactProblem.InvalidManifest)]
    public void A_manifest_that_breaks_a_rule_is_refused(string json, ArtifactProblem expected)
    {
        // With a byte order mark, which is no reason to refuse.
        File.WriteAllText(ManifestPath, json, Encoding.UTF8);
        File.WriteAllBytes(ModelPath, ForeignModels.NeuralNetwork());
        Refused(expected, _folder);
    }

    [Fact]
    public void A_missing_property_is_named()
    {
        File.WriteAllText(ManifestPath, """{"model":"m","version":"1.0.0","features":{"names":["a"],"baseCurrency":"USD","timeZone":"UTC"}}""");
        File.WriteAllBytes(ModelPath, ForeignModels.NeuralNetwork());

        var refusal = Assert.Throws<ArtifactException>(() => ModelArtifact.Load(_folder));

        Assert.Contains("missing 'format'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_knot_out_of_order_in_the_calibration_is_refused()
    {
        SampleData.Train().Save(_folder);
        string json = File.ReadAllText(ManifestPath);
        File.WriteAllText(ManifestPath, json.Replace("\"quantiles\": [", "\"quantiles\": [0.9,", StringComparison.Ordinal));
        Refused(ArtifactProblem.InvalidManifest, _folder);
    }

    [Fact]
    public void A_wrong_number_of_features_is_refused() =>
        Refused(
            ArtifactProblem.FeatureCountMismatch,
            ForeignModels.NeuralNetwork(),
            ForeignModels.Manifest with { Features = new FeatureSchema(["one", "two"], "USD", "Etc/UTC") });

    [Fact]
    public void An_input_that_is_not_a_float_matrix_is_refused()
    {
        Refused(ArtifactProblem.WrongInput, Changed(model => model.Graph.Input[0].Type.TensorType.ElemType = (int)TensorProto.Types.DataType.Double));
        Refused(ArtifactProblem.WrongInput, Changed(model => model.Graph.Input[0].Type.TensorType.Shape.Dim.RemoveAt(1)));
        Refused(ArtifactProblem.WrongInput, Changed(model => model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 1));
        Refused(ArtifactProblem.WrongInput, Changed(model => model.Graph.Input.Add(Value("second", -1, 2))));
    }

    [Fact]
    public void An_output_that_is_no_score_is_refused()
    {
        Refused(ArtifactProblem.WrongOutput, Changed(model => model.Graph.Output[0] = Value("hidden", -1, 3)));
        Refused(ArtifactProblem.WrongOutput, ForeignModels.NeuralNetwork(), ForeignModels.Manifest with { Output = new ScoreOutput("absent") });
        Refused(ArtifactProblem.WrongOutput, ForeignModels.NeuralNetwork(), ForeignModels.Manifest with { Output = new ScoreOutput(ForeignModels.Output, 1) });
    }

    [Fact]
    public void An_operator_that_ONNX_Runtime_does_not_know_is_refused() =>
        Refused(ArtifactProblem.UnsupportedModel, Changed(model => model.Graph.Node[0].OpType = "Telepathy"));

    [Theory]
    [InlineData("nodes_truenodeids", 0)]
    [InlineData("nodes_truenodeids", 100_000)]
    [InlineData("nodes_truenodeids", -7)]
    [InlineData("nodes_featureids", 6)]
    [InlineData("nodes_featureids", -2)]
    [InlineData("nodes_nodeids", 1)]
    public void Trees_that_are_not_sound_are_refused_before_native_code_walks_them(string list, int value) =>
        Refused(ArtifactProblem.UnsupportedModel, ForeignModels.Trees(all: false, node => node.Attribute(list).Ints[0] = value));

    [Fact]
    public void Trees_with_a_list_cut_short_are_refused() =>
        Refused(ArtifactProblem.UnsupportedModel, ForeignModels.Trees(all: false, node => node.Attribute("nodes_values").Floats.RemoveAt(0)));

    [Fact]
    public void A_model_that_refers_to_another_file_is_refused() =>
        Refused(ArtifactProblem.UnsupportedModel, Changed(model => model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External));

    [Fact]
    public void An_ensemble_whose_file_says_something_else_than_its_manifest_is_refused()
    {
        ModelArtifact artifact = SampleData.Train();
        ModelManifest heavier = artifact.Manifest with { Ensemble = artifact.Manifest.Ensemble! with { ForestWeight = artifact.Manifest.Ensemble.ForestWeight * 1.01 } };
        Refused(ArtifactProblem.CrossCheckFailed, artifact.ModelBytes.ToArray(), heavier);
    }

    [Fact]
    public void A_foreign_file_that_claims_to_be_our_ensemble_is_refused()
    {
        ModelManifest ours = SampleData.Train().Manifest;
        ModelManifest claim = ours with
        {
            Features = ForeignModels.Manifest.Features,
            Reference = null,
            Ensemble = ours.Ensemble! with { ReconstructionReference = new double[ForestOracle.Features] },
        };
        Refused(ArtifactProblem.UnsupportedModel, ForeignModels.NeuralNetwork(), claim);
        Refused(ArtifactProblem.UnsupportedModel, ForeignModels.Trees(), claim);
    }

    [Fact]
    public void Whatever_byte_is_changed_the_file_is_refused_and_nothing_else_happens()
    {
        byte[] whole = ForeignModels.NeuralNetwork();
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            ModelArtifact artifact = ModelArtifact.Create(ForeignModels.Manifest, whole);
            artifact.Save(_folder);
            File.WriteAllBytes(ModelPath, damaged);
            Refused(ArtifactProblem.DigestMismatch, _folder);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_damaged_file_under_a_matching_digest_is_refused_or_scores_but_never_fails_otherwise(bool trees)
    {
        byte[] whole = trees ? ForeignModels.Trees(all: false) : ForeignModels.NeuralNetwork();
        var random = new Random(6);
        double[] margins = new double[3], scores = new double[3];
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                using IScoringModel model = ForeignModels.Open(damaged);
                model.Score(ForestOracle.Rows.AsSpan(0, 3 * ForestOracle.Features), margins, scores);
                model.Explain(ForestOracle.Rows.AsSpan(0, ForestOracle.Features));
            }
            catch (ArtifactException refusal)
            {
                Assert.NotEmpty(refusal.Message);
            }
        }
    }

    private static byte[] Changed(Action<ModelProto> change)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(ForeignModels.NeuralNetwork());
        change(model);
        return model.ToByteArray();
    }

    private static void Refused(ArtifactProblem expected, byte[] model, ModelManifest? manifest = null) =>
        Check(expected, () => ModelArtifact.Create(manifest ?? ForeignModels.Manifest, model).Open());

    private static void Refused(ArtifactProblem expected, string path, string? digest = null, ArtifactLimits? limits = null) =>
        Check(expected, () => ModelArtifact.Load(path, digest, limits));

    private static void Check(ArtifactProblem expected, Func<IScoringModel> open)
    {
        var refusal = Assert.Throws<ArtifactException>(() => open().Dispose());
        Assert.True(expected == refusal.Problem, $"{expected} was expected, {refusal.Problem} came: {refusal}");
    }

    private string Zip(params (string Name, byte[] Content)[] entries)
    {
        string path = Path.Combine(_folder, "artifact.zip");
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = archive.CreateEntry(name).Open();
            stream.Write(content);
        }

        return path;
    }
}
