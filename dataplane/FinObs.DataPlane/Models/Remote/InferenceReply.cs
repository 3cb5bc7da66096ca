using FinObs.DataPlane.Inference;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>What one pod made of one request.</summary>
internal abstract record InferenceReply
{
    private InferenceReply()
    {
    }

    internal sealed record Answered(ModelInferResponse Response) : InferenceReply;

    /// <summary>The pod's fault, or the way's: another pod may do better.</summary>
    internal sealed record PodFailed(string Why) : InferenceReply;

    /// <summary>The request's fault: no pod would answer it.</summary>
    internal sealed record Refused(string Why) : InferenceReply;
}

/// <summary>One connection to one pod, in one form of the protocol.</summary>
internal interface IInferenceClient : IDisposable
{
    /// <summary>Gives up when the token says so, by throwing.</summary>
    Task<InferenceReply> InferAsync(ModelInferRequest request, CancellationToken cancellationToken);
}
