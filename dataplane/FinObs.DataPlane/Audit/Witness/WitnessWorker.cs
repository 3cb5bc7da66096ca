using System.Diagnostics.Metrics;
using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Audit.Witness;

/// <summary>
/// Sends the newest checkpoint to the witness, at most one an interval. Whatever the witness does, the log goes on: a failure is counted, told and tried again. Several replicas may send: whoever comes second learns
/// where the witness is.
/// </summary>
internal sealed partial class WitnessWorker(WitnessClient client, AuditReader reader, AuditGate gate, TimeProvider time, IOptions<AuditOptions> options, ILogger<WitnessWorker> logger) : BackgroundService
{
    /// <summary>Tag <c>outcome</c>: kept, refused.</summary>
    public const string Submissions = "finobs.audit.witness.submissions";
    private static readonly Counter<long> Counted = FinObsTelemetry.Meter.CreateCounter<long>(Submissions, "{checkpoint}", "Checkpoints sent to the witness.");
    private long _kept;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Witness.Interval, time);
        do
        {
            try
            {
                if (gate.Refusal is null) await SendAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        if (await reader.LatestCheckpointAsync(cancellationToken) is not { } newest || newest.Size <= _kept) return;
        var answer = await AddAsync(newest, cancellationToken);
        if (answer is WitnessAnswer.At { Size: var at } && at <= newest.Size)
        {
            // It knows more than this process, which has just started, or less: it was reset.
            _kept = at;
            answer = await AddAsync(newest, cancellationToken);
        }
        Counted.Add(1, new KeyValuePair<string, object?>("outcome", answer is WitnessAnswer.Kept ? "kept" : "refused"));
        switch (answer)
        {
            case WitnessAnswer.Kept:
                _kept = newest.Size;
                break;
            case WitnessAnswer.At { Size: var size }:
                LogAhead(logger, size, newest.Size);
                break;
            case WitnessAnswer.Refused { Why: var why }:
                LogRefused(logger, newest.Size, why);
                break;
        }
    }

    private async Task<WitnessAnswer> AddAsync(Tree.AuditCheckpoint newest, CancellationToken cancellationToken)
    {
        var proof = await reader.ProveConsistencyAsync(_kept, newest.Size, cancellationToken);
        return await client.AddAsync(_kept, proof?.Hashes ?? [], newest.Note, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The witness does not keep the checkpoint over {Size} leaves: {Why}. It is sent again.")]
    private static partial void LogRefused(ILogger logger, long size, string why);

    [LoggerMessage(LogLevel.Critical, "The witness keeps a checkpoint over {Size} leaves, but this log has signed only {Signed}: its database was rolled back, or another one publishes under its name.")]
    private static partial void LogAhead(ILogger logger, long size, long signed);

    [LoggerMessage(LogLevel.Warning, "A checkpoint could not be sent to the witness; it is tried again.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
