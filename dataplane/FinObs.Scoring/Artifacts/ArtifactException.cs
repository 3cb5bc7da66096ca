namespace FinObs.Scoring.Artifacts;

/// <summary>Why an artifact is refused.</summary>
public enum ArtifactProblem
{
    /// <summary>There is no such folder or file.</summary>
    NotFound = 0,

    /// <summary>Not a zip, or a zip with unsafe or repeated entry names.</summary>
    UnreadableArchive = 1,

    /// <summary><c>manifest.json</c> is missing.</summary>
    MissingManifest = 2,

    /// <summary><c>model.onnx</c> is missing.</summary>
    MissingModel = 3,

    /// <summary>The manifest is not JSON of the expected shape, or a field breaks its rule.</summary>
    InvalidManifest = 4,

    /// <summary>The manifest's format is not one that this version knows.</summary>
    UnknownFormat = 5,

    /// <summary>A file is larger than the limit.</summary>
    Oversized = 6,

    /// <summary>Bytes differ from the digest that the manifest or the caller names.</summary>
    DigestMismatch = 7,

    /// <summary>The model file ends early or is not an ONNX file.</summary>
    UnreadableModel = 8,

    /// <summary>ONNX Runtime does not accept the model, or the graph refers to files outside itself.</summary>
    UnsupportedModel = 9,

    /// <summary>The model does not take one float [N, F] input.</summary>
    WrongInput = 10,

    /// <summary>The model has no usable score output.</summary>
    WrongOutput = 11,

    /// <summary>Manifest and model disagree about the number of features.</summary>
    FeatureCountMismatch = 12,

    /// <summary>A foreign model comes without decision thresholds.</summary>
    MissingThresholds = 13,

    /// <summary>ONNX Runtime and our own evaluation of the same file differ.</summary>
    CrossCheckFailed = 14,
}

/// <summary>An artifact is refused; the message says why and what to do, and holds no content of the artifact beyond names and numbers.</summary>
public sealed class ArtifactException : Exception
{
    /// <summary>A refusal.</summary>
    public ArtifactException(ArtifactProblem problem, string message, Exception? inner = null)
        : base(message, inner) => Problem = problem;

    /// <summary>Why.</summary>
    public ArtifactProblem Problem { get; }
}
