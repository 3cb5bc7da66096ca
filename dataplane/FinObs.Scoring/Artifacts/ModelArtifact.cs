using System.Security.Cryptography;
using System.Text;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Ensemble;

namespace FinObs.Scoring.Artifacts;

/// <summary>A model as bytes: <c>manifest.json</c> and <c>model.onnx</c>, under one content address.</summary>
/// <remarks>
/// The address is the SHA-256 of the two lines that <c>sha256sum manifest.json model.onnx</c> prints, so a shell can check it:
/// <c>sha256sum manifest.json model.onnx | sha256sum</c>.
/// </remarks>
public sealed class ModelArtifact
{
    /// <summary>File name of the manifest.</summary>
    public const string ManifestFile = "manifest.json";

    /// <summary>File name of the model.</summary>
    public const string ModelFile = "model.onnx";

    private readonly byte[] _manifestBytes;
    private readonly byte[] _modelBytes;

    private ModelArtifact(ModelManifest manifest, byte[] manifestBytes, byte[] modelBytes)
    {
        Manifest = manifest;
        _manifestBytes = manifestBytes;
        _modelBytes = modelBytes;
        Digest = AddressOf(manifestBytes, modelBytes);
    }

    /// <summary>The parsed manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Bytes of <c>manifest.json</c>.</summary>
    public ReadOnlyMemory<byte> ManifestBytes => _manifestBytes;

    /// <summary>Bytes of <c>model.onnx</c>.</summary>
    public ReadOnlyMemory<byte> ModelBytes => _modelBytes;

    /// <summary>Content address, <c>sha256:</c> and 64 hex digits.</summary>
    public string Digest { get; }

    /// <summary>Reads, verifies and opens an artifact: <see cref="Read(string, string?, ArtifactLimits?)"/>, then <see cref="Open"/>.</summary>
    /// <exception cref="ArtifactException">The artifact is refused.</exception>
    public static IScoringModel Load(string path, string? expectedDigest = null, ArtifactLimits? limits = null) => Read(path, expectedDigest, limits).Open();

    /// <summary>Reads an artifact from a folder or a zip file and verifies its digests and manifest.</summary>
    /// <param name="path">A folder that holds the two files, or a zip with them at its root.</param>
    /// <param name="expectedDigest">Content address that the caller wants, if any.</param>
    /// <param name="limits">Bounds on size.</param>
    /// <exception cref="ArtifactException">The artifact is refused.</exception>
    public static ModelArtifact Read(string path, string? expectedDigest = null, ArtifactLimits? limits = null)
    {
        (byte[] manifest, byte[] model) = ArtifactFiles.Read(path, limits ?? ArtifactLimits.Default);
        return FromBytes(manifest, model, expectedDigest);
    }

    /// <summary>Reads an artifact from a zip that is already in hand (an upload) and verifies its digests and manifest.</summary>
    /// <exception cref="ArtifactException">The artifact is refused.</exception>
    public static ModelArtifact ReadZip(Stream zip, string? expectedDigest = null, ArtifactLimits? limits = null)
    {
        (byte[] manifest, byte[] model) = ArtifactFiles.ReadZip(zip, limits ?? ArtifactLimits.Default);
        return FromBytes(manifest, model, expectedDigest);
    }

    /// <summary>Makes an artifact of a model file and what is known about it; the manifest's <see cref="ModelManifest.Files"/> is filled in.</summary>
    /// <exception cref="ArtifactException">The manifest breaks a rule.</exception>
    public static ModelArtifact Create(ModelManifest manifest, byte[] model)
    {
        ModelManifest complete = manifest with { Files = new SortedDictionary<string, string>(StringComparer.Ordinal) { [ModelFile] = DigestOf(model) } };
        ManifestRules.Check(complete);
        return new ModelArtifact(complete, ManifestJson.Write(complete), model);
    }

    /// <summary>The same model with metrics in its provenance; the address changes with it.</summary>
    public ModelArtifact WithMetrics(IReadOnlyDictionary<string, double> metrics)
    {
        TrainingProvenance training = Manifest.Training ?? throw new InvalidOperationException("Metrics belong to the training provenance, which this artifact does not have.");
        var sorted = new SortedDictionary<string, double>(metrics.ToDictionary(), StringComparer.Ordinal);
        return Create(Manifest with { Training = training with { Metrics = sorted } }, _modelBytes);
    }

    /// <summary>Makes the model ready to score; the file is run in ONNX Runtime on a few reference rows and compared.</summary>
    /// <exception cref="ArtifactException">The model is refused.</exception>
    public IScoringModel Open()
    {
        if (Manifest.Format == ModelFormat.OpenInference)
        {
            throw new ArtifactException(ArtifactProblem.UnsupportedModel, "This artifact describes a model on another server; there is nothing in it to run here.");
        }

        ModelProto proto = OnnxFile.Parse(_modelBytes);
        if (Manifest.Format == ModelFormat.Onnx)
        {
            return OnnxModel.Open(this, proto);
        }

        EnsembleParameters parameters = Manifest.Ensemble!;
        OnnxFile.CheckFeatureCount(proto, Manifest.Features.Names.Length);
        EnsembleEvaluator evaluator = EnsembleGraph.Read(proto, parameters, Manifest.Features.Names.Length);
        CrossCheck.Run(_modelBytes, evaluator, CrossCheck.RowsFor(Manifest));
        return new EnsembleModel(Manifest, Digest, evaluator);
    }

    /// <summary>Writes the two files into a folder, which is created where missing.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, ManifestFile), _manifestBytes);
        File.WriteAllBytes(Path.Combine(folder, ModelFile), _modelBytes);
    }

    /// <summary>The two files as a zip; equal artifacts give equal bytes on the same runtime.</summary>
    public byte[] ToZip() => ArtifactFiles.WriteZip(_manifestBytes, _modelBytes);

    /// <summary><c>sha256:</c> and the 64 hex digits of the SHA-256 of bytes.</summary>
    public static string DigestOf(ReadOnlySpan<byte> bytes) => "sha256:" + Hex(bytes);

    private static ModelArtifact FromBytes(byte[] manifestBytes, byte[] model, string? expectedDigest)
    {
        string address = AddressOf(manifestBytes, model);
        if (expectedDigest is not null && !string.Equals(expectedDigest, address, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArtifactException(
                ArtifactProblem.DigestMismatch, $"The artifact's digest is {address}, {expectedDigest} was expected; fetch it again or correct the expected digest.");
        }

        ModelManifest manifest = ManifestJson.Read(manifestBytes);
        ManifestRules.Check(manifest);
        if (manifest.Files is { } files && (!files.TryGetValue(ModelFile, out string? declared) || declared != DigestOf(model)))
        {
            throw new ArtifactException(
                ArtifactProblem.DigestMismatch, $"{ModelFile} is not the file that {ManifestFile} names: its digest is {DigestOf(model)}; restore the file or export the model again.");
        }

        return new ModelArtifact(manifest, manifestBytes, model);
    }

    private static string AddressOf(byte[] manifest, byte[] model) =>
        DigestOf(Encoding.ASCII.GetBytes($"{Hex(manifest)}  {ManifestFile}\n{Hex(model)}  {ModelFile}\n"));

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
