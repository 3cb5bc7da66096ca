namespace FinObs.DataPlane.Inference;

/// <summary>Names of our tensors and parameters in the Open Inference Protocol. They are on the wire: never change one.</summary>
internal static class TensorNames
{
    /// <summary>The one input: FP32 [N, F].</summary>
    public const string Features = "features";

    public const string Margin = "margin";

    /// <summary>The score of record, rounded to 1e-6.</summary>
    public const string Score = "score";

    public const string ForestTerm = "isolation_forest_term";
    public const string ReconstructionError = "reconstruction_error";

    // Our extension: absent on other servers.
    public const string ShapValues = "shap_values";
    public const string ShapBase = "shap_base";
    public const string ForestContributions = "forest_contributions";
    public const string ReconstructionContributions = "reconstruction_contributions";
}

/// <summary>Parameters that our scorers add to an answer, so that the caller can tell what computed it.</summary>
internal static class ParameterNames
{
    public const string Digest = "digest";
    public const string EngineFingerprint = "engine_fingerprint";

    /// <summary>How the explanations were made; only where some were asked for.</summary>
    public const string Method = "method";

    // Of the binary tensor data extension.
    public const string BinaryDataSize = "binary_data_size";
    public const string BinaryData = "binary_data";
    public const string BinaryDataOutput = "binary_data_output";
}

/// <summary>Datatypes of the protocol that we read or write.</summary>
internal static class Datatypes
{
    public const string Float = "FP32";
    public const string Double = "FP64";
}
