using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Outbox;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Audit.Tree;

/// <summary>How the sequencer of this process fares; for readiness and the dashboard.</summary>
internal sealed class SequencerStatus
{
    /// <summary>Why nothing is numbered or signed, in words for an operator; null while all is well.</summary>
    public string? Fault { get; set; }

    /// <summary>Leaves in the tree after the last round of this process.</summary>
    public long TreeSize { get; set; }
}

/// <summary>Runs the sequencer whenever the outbox was written, at the latest every period, and hands checkpoints out once they are committed.</summary>
internal sealed partial class SequencerWorker(
    Sequencer sequencer, CheckpointFile file, AnchorCheck anchors, AuditGate gate, OutboxSignal outbox, EventSignal events, SequencerStatus status, AuditFigures figures, TimeProvider time,
    IOptions<AuditOptions> options, ILogger<SequencerWorker> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var (woken, started) = (outbox.Next, time.GetTimestamp());
            var sleep = await StepAsync(stoppingToken);
            if (sleep > TimeSpan.Zero) await Signal.WaitAsync(woken, sleep, time, stoppingToken);
            var pause = options.Value.SequencerPause - time.GetElapsedTime(started);
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, stoppingToken);
        }
    }

    /// <summary>One round; returns how long to sleep if nothing wakes us.</summary>
    private async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Closed, it may have been opened meanwhile: by accept-restore, or by a database that was put right.
            if (gate.Refusal is not null && await anchors.GuardAsync(cancellationToken) is { } refusal)
            {
                status.Fault = refusal;
                figures.Failed();
                return AfterFault;
            }
            var round = await sequencer.RunAsync(cancellationToken);
            status.Fault = null;
            if (round is null) return options.Value.SequencerPeriod;
            status.TreeSize = round.Size;
            figures.Ran(round, isDrained: round.Drained < options.Value.SequencerBatch);
            if (round.Events > 0) events.Raise();
            if (round.Published is { } checkpoint)
            {
                file.Append(checkpoint);
                LogCheckpoint(logger, checkpoint.Note.ReplaceLineEndings("\\n"));
            }
            if (round.Drained == options.Value.SequencerBatch) return TimeSpan.Zero;
            return round.CheckpointIn is { } due && due < options.Value.SequencerPeriod ? due : options.Value.SequencerPeriod;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (AuditTreeException e)
        {
            status.Fault = e.Message;
            figures.Failed();
            gate.Refusal = await RefusalAsync(e, cancellationToken);
            LogContradiction(logger, e.Message);
            return AfterFault;
        }
        catch (Exception e)
        {
            status.Fault = "The audit log cannot be written; see the log.";
            figures.Failed();
            LogFailed(logger, e);
            return AfterFault;
        }
    }

    /// <summary>What the anchors say of it is more exact than what the round saw.</summary>
    private async Task<string> RefusalAsync(AuditTreeException seen, CancellationToken cancellationToken) => await anchors.GuardAsync(cancellationToken) ?? seen.Message;

    [LoggerMessage(LogLevel.Information, "Audit checkpoint published: {Note}")]
    private static partial void LogCheckpoint(ILogger logger, string note);

    [LoggerMessage(LogLevel.Critical, "The audit tree contradicts what was signed; nothing is numbered or signed until a person has looked. {Reason}")]
    private static partial void LogContradiction(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "A round of the sequencer failed; the next one starts from the tables.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
