using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Audit.Tree;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Audit.Witness;

/// <summary>What the witness keeps. Asked at the start; one that does not answer holds nobody up unless it is required.</summary>
internal sealed partial class WitnessAnchor(WitnessClient client, IOptions<AuditOptions> options, ILogger<WitnessAnchor> logger) : IAuditAnchor
{
    public string Name => $"the witness {options.Value.Witness.Url?.Host}";

    public async Task<PublishedCheckpoint?> LastAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.LastAsync(cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = e is OperationCanceledException ? "it did not answer in time" : e.Message;
            if (options.Value.Witness.Required) throw new AuditTreeException($"{Name} is required (Audit:Witness:Required) and cannot be asked: {why}.");
            LogSilent(logger, why);
            return null;
        }
    }

    public PublishedCheckpoint? LargestUpTo(long size) => null;

    /// <summary>A witness never forgets: whether it starts anew for this log is its operator's to decide.</summary>
    public void Retire()
    {
    }

    [LoggerMessage(LogLevel.Warning, "The witness could not be asked for its last checkpoint: {Why}. The database was not compared with it.")]
    private static partial void LogSilent(ILogger logger, string why);
}
