using System.ComponentModel.DataAnnotations;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>Which form of the Open Inference Protocol a server speaks.</summary>
internal enum RemoteProtocol
{
    Grpc,

    /// <summary>JSON over HTTP/1.1, for servers that have nothing else: numbers become text and back.</summary>
    Rest,
}

/// <summary>How tensors travel over gRPC.</summary>
internal enum RemoteContents
{
    /// <summary>As bytes.</summary>
    Raw,

    /// <summary>As repeated fields, for servers that do not read bytes.</summary>
    Typed,
}

/// <summary>Section <c>Models:Remote</c>: scoring outside this process. Its bounds hold for pods that the operator reports too.</summary>
internal sealed class RemoteOptions : IValidatableObject
{
    public const string Section = "Models:Remote";

    /// <summary><c>http(s)://host:port</c>; a name with many addresses (a headless service) stands for all of them. None = in process, unless the operator reports pods.</summary>
    public IList<string> Endpoints { get; } = [];

    public RemoteProtocol Protocol { get; set; }

    public RemoteContents Contents { get; set; }

    /// <summary>File with the bearer key that scorers ask for; none = no key.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>What a chunk may wait for a score from elsewhere, all attempts together; then this process scores it.</summary>
    [Range(1, 600_000)]
    public int TimeoutMilliseconds { get; set; } = 1_000;

    /// <summary>What one pod may take before another is asked.</summary>
    [Range(1, 600_000)]
    public int TryTimeoutMilliseconds { get; set; } = 400;

    /// <summary>Pods that are asked for one chunk at most.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>A failed pod is left alone so long; twice as long with each further failure.</summary>
    [Range(1, 600_000)]
    public int EjectionMilliseconds { get; set; } = 1_000;

    [Range(1, 3_600_000)]
    public int LongestEjectionMilliseconds { get; set; } = 30_000;

    /// <summary>How old a resolved name may be: pods come and go.</summary>
    [Range(1, 3_600)]
    public int ResolveSeconds { get; set; } = 5;

    /// <summary>Names another model on another server; otherwise the endpoints are scoring pods of the routed version.</summary>
    public ForeignServerOptions? Foreign { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string endpoint in Endpoints.Where(endpoint => !RemoteEndpoints.IsAddress(endpoint)))
        {
            yield return new($"Models:Remote:Endpoints holds {endpoint}: write http://host:port or https://host:port.");
        }

        if (Foreign is not null && Endpoints.Count == 0)
        {
            yield return new("Models:Remote:Foreign needs Models:Remote:Endpoints: where is the server?");
        }

        if (Foreign is { } foreign && (foreign.Model.Length == 0 || foreign.Output.Length == 0 || foreign.ReviewAt is null || foreign.BlockAt is null || foreign.ReviewAt > foreign.BlockAt))
        {
            yield return new("Models:Remote:Foreign needs Model (its name on the server), Output, and ReviewAt and BlockAt on that output's scale, ReviewAt at most BlockAt.");
        }
    }
}

/// <summary>Section <c>Models:Remote:Foreign</c>: a model that FinObs did not make, on a server of the Open Inference Protocol.</summary>
internal sealed class ForeignServerOptions
{
    /// <summary>What the model is called here, a DNS label.</summary>
    public string Name { get; set; } = "foreign";

    /// <summary>Its version here. Another threshold or output is another version.</summary>
    public string Version { get; set; } = "1.0.0";

    /// <summary>What it is called on the server.</summary>
    public string Model { get; set; } = "";

    /// <summary>Its version on the server; empty = the server chooses.</summary>
    public string ServerVersion { get; set; } = "";

    /// <summary>Name of its FP32 [N, F] input.</summary>
    public string Input { get; set; } = "features";

    /// <summary>Name of its FP32 or FP64 output, [N] or [N, C].</summary>
    public string Output { get; set; } = "";

    /// <summary>Column of an [N, C] output.</summary>
    public int Column { get; set; }

    public bool LowerIsAnomalous { get; set; }

    public double? ReviewAt { get; set; }

    public double? BlockAt { get; set; }

    /// <summary>It gives <c>shap_values</c> and <c>shap_base</c> as a scorer of FinObs does.</summary>
    public bool Explains { get; set; }

    /// <summary>Folder or zip of an artifact whose feature schema the model was trained on; none = the schema of the version that decides without it.</summary>
    public string? FeaturesOf { get; set; }

    /// <summary>All that must be known to score and decide with it, as an artifact with an address of its own.</summary>
    public ModelArtifact ToArtifact(FinObs.Scoring.Features.FeatureSchema features) => ModelArtifact.Create(
        new ModelManifest(Name, Version, features)
        {
            Format = ModelFormat.OpenInference,
            Server = new ServerReference(Model, ServerVersion, Input, Explains),
            Output = new ScoreOutput(Output, Column, LowerIsAnomalous),
            DeclaredThresholds = new DecisionThresholds(ReviewAt!.Value, BlockAt!.Value),
        },
        []);
}
