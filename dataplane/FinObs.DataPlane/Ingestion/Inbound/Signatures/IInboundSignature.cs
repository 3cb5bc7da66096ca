namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary>Tells whether a request is from whom it says, and of now.</summary>
internal interface IInboundSignature
{
    /// <summary>Null where it is; else a sentence for the sender. It never says what the signature should have been.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="body">Byte for byte as it came.</param>
    /// <param name="cancellationToken">Ends what has to be fetched.</param>
    ValueTask<string?> ProblemAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken);
}

/// <summary>For a sender that the host's access control has let in already.</summary>
internal sealed class NoSignature : IInboundSignature
{
    public ValueTask<string?> ProblemAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}

/// <summary>What signatures have in common.</summary>
internal static class SignatureRules
{
    public const string Wrong = "The signature does not fit body and secret: send the body as it was signed, and see that the secret here is the sender's.";

    /// <summary>A sentence where the signed time is too far from ours, whichever way.</summary>
    public static string? TimeProblem(DateTimeOffset signed, DateTimeOffset now, TimeSpan tolerance) => (signed - now).Duration() <= tolerance
        ? null
        : $"The signature is not of now: its time is more than {tolerance.TotalSeconds:0} s away from {now:yyyy-MM-ddTHH:mm:ssZ}. Sign it again when it is sent again, and see that both clocks are right.";
}
