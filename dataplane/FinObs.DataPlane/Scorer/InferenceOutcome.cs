using FinObs.DataPlane.Inference;

namespace FinObs.DataPlane.Scorer;

/// <summary>What a request for inference came to; each protocol has its own words for it.</summary>
internal abstract record InferenceOutcome
{
    private InferenceOutcome()
    {
    }

    internal sealed record Inferred(ModelInferResponse Response) : InferenceOutcome;

    /// <summary>The message says what to do.</summary>
    internal sealed record Rejected(Rejection Why, string Message) : InferenceOutcome;
}

internal enum Rejection
{
    /// <summary>Not loaded, or too much waits already: another pod may take it.</summary>
    Unavailable,
    UnknownModel,
    InvalidRequest,
    TooLarge,

    /// <summary>The engine failed.</summary>
    Failed,
}
