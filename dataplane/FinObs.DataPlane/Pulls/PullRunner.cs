using System.Data.Common;
using System.Diagnostics;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Pulls.Fetching;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Telemetry;
using FinObs.DataPlane.Transactions;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Pulls;

/// <summary>One run of a source that has been taken, from its first request to its row in the history.</summary>
internal sealed partial class PullRunner(
    PullStore store, Quarantine quarantine, ITransactionPipeline pipeline, PullModels models, ResourceCatalogue catalogue, IOptions<PullOptions> options, TimeProvider time, ILogger<PullRunner> logger)
{
    private const string Step = "finobs.pulls.run";

    private static readonly Finding Answered = new(Holds: true, PullSourceReasons.Answered, "It answered the last time.");

    /// <summary>Never throws: what goes wrong is the run's outcome, or a line of the log where it cannot be written.</summary>
    /// <param name="lease">The right to run it.</param>
    /// <param name="seen">How far it was.</param>
    /// <param name="source">What is to be run.</param>
    /// <param name="stop">The host stops.</param>
    public async Task RunAsync(PullLease lease, PullSourceRow seen, PreparedSource source, CancellationToken stop)
    {
        ActivityLink[] links = ActivityContext.TryParse(source.Resource.Row.Traceparent, traceState: null, out ActivityContext change) ? [new ActivityLink(change)] : [];
        Activity.Current = null;
        using Activity? span = FinObsTelemetry.Source.StartActivity(Step, ActivityKind.Internal, parentContext: default, links: links);
        span?.SetTag("finobs.resource", source.Key.ToString());
        using CancellationTokenSource running = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task renewing = KeepAsync(lease, running);
        PullSweep sweep = new(source, lease, seen, store, quarantine, pipeline, models, options.Value, () => IsToStop(source) || stop.IsCancellationRequested, time);
        DateTimeOffset began = time.GetUtcNow();
        try
        {
            (string outcome, PullFailedException? failure) = await SweepAsync(sweep, source, running.Token, stop);
            if (!await FinishAsync(lease, seen, source, sweep, began, outcome, failure))
            {
                Lost(logger, source.Key);
            }
        }
        catch (Exception exception) when (exception is LeaseLostException || (exception is OperationCanceledException && !stop.IsCancellationRequested))
        {
            Lost(logger, source.Key);
        }
        catch (Exception exception)
        {
            // The lease runs out, and the next run begins where the last page was written.
            Unwritten(logger, source.Key, exception);
        }
        finally
        {
            await running.CancelAsync();
            await renewing;
        }
    }

    private async Task<(string Outcome, PullFailedException? Failure)> SweepAsync(PullSweep sweep, PreparedSource source, CancellationToken running, CancellationToken stop)
    {
        try
        {
            if (source.AuthProblem is { } problem)
            {
                return (RunOutcomes.Failed, new PullFailedException(isReachable: false, PullSourceReasons.NotYetTried, problem));
            }

            // Before the source is asked: what nobody could decide is not fetched.
            await models.TrafficAsync(source, running);
            return (await sweep.RunAsync(running), null);
        }
        catch (PullFailedException failure)
        {
            return (RunOutcomes.Failed, failure);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return (RunOutcomes.Stopped, null);
        }
        catch (Exception exception) when (exception is PipelineUnavailableException or DbException)
        {
            return (RunOutcomes.Failed, new PullFailedException(isReachable: true, PullSourceReasons.Behind, "Our own database could not be written to; the page is asked for again."));
        }
    }

    /// <summary>Says that the run goes on, three times a lease; ends it where another has the source.</summary>
    private async Task KeepAsync(PullLease lease, CancellationTokenSource running)
    {
        using PeriodicTimer timer = new(options.Value.LeaseLength / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(running.Token))
            {
                if (!await TryRenewAsync(lease, running.Token))
                {
                    await running.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    /// <summary>A database that is away for a moment loses nothing: the page's own write asks again who has the source.</summary>
    private async Task<bool> TryRenewAsync(PullLease lease, CancellationToken cancellationToken)
    {
        try
        {
            return await store.RenewAsync(lease, time.GetUtcNow() + options.Value.LeaseLength, cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException)
        {
            return true;
        }
    }

    private bool IsToStop(PreparedSource source) =>
        catalogue.Current.Find(source.Key) is not { Row.Deleting: false, Spec.Suspend: false } inForce || inForce.Row.LeafId != source.Resource.Row.LeafId;

    private async Task<bool> FinishAsync(PullLease lease, PullSourceRow seen, PreparedSource source, PullSweep sweep, DateTimeOffset began, string outcome, PullFailedException? failure)
    {
        DateTimeOffset now = time.GetUtcNow();
        int failures = failure is null ? (outcome == RunOutcomes.Stopped ? seen.Failures : 0) : seen.Failures + 1;
        bool rests = failures >= source.Spec.OnError.SuspendAfter && failure is not null;
        string? why = rests ? $"{failures} runs failed in a row; the last: {failure!.Message}" : null;
        RunCounts counts = sweep.Counts;
        string? traceId = Activity.Current?.TraceId.ToHexString();
        PullRunRow run = new()
        {
            Id = lease.Owner,
            Namespace = lease.Namespace,
            Name = lease.Name,
            StartedAt = began,
            EndedAt = now,
            Outcome = outcome,
            HttpStatus = counts.HttpStatus,
            Pages = counts.Pages,
            Fetched = counts.Fetched,
            Ingested = counts.Ingested,
            Duplicates = counts.Duplicates,
            Rejected = counts.Rejected,
            Flagged = counts.Flagged,
            Message = failure?.Message,
            TraceId = traceId,
        };
        PullSourceRow left = seen with
        {
            Cursor = sweep.Cursor,
            Pending = sweep.Pending,
            Watermark = sweep.Watermark,
            ETag = failure is null ? sweep.ETag : seen.ETag,
            Failures = failures,
            SuspendedAt = rests ? now : null,
            NextRunAt = failure is not null ? source.Times.AfterFailure(failures, now, failure.RetryAfter)
                : outcome is RunOutcomes.More or RunOutcomes.Stopped ? now
                : source.Times.Next(began, now),
            LastRun = Found(run, failure).Write(),
        };
        bool isWritten = await store.FinishAsync(lease, left, run, why, CancellationToken.None);
        if (isWritten)
        {
            PullMetrics.Ended(outcome, now - began);
            Ended(logger, source.Key, outcome, counts.Fetched, counts.Ingested, counts.Rejected, failure?.Message);
        }

        return isWritten;
    }

    private static LastRun Found(PullRunRow run, PullFailedException? failure)
    {
        bool isRead = failure is null || failure.Reason == PullSourceReasons.Behind;
        return new LastRun
        {
            Outcome = run.Outcome,
            Run = new PullRun
            {
                At = run.StartedAt,
                Duration = new Duration(Milliseconds(run.EndedAt - run.StartedAt)),
                HttpStatus = run.HttpStatus == 0 ? null : run.HttpStatus,
                Fetched = run.Fetched,
                Ingested = run.Ingested,
                Duplicates = run.Duplicates,
                Rejected = run.Rejected,
                Flagged = run.Flagged,
                TraceId = run.TraceId,
            },
            Reachable = failure is { IsReachable: false } ? new Finding(Holds: failure.Reason is PullSourceReasons.NotYetTried or PullSourceReasons.ModelMissing ? null : false, failure.Reason, failure.Message) : Answered,
            SchemaValid = !isRead && failure!.IsReachable ? new Finding(Holds: false, failure.Reason, failure.Message)
                : run.Rejected > 0 ? new Finding(Holds: false, PullSourceReasons.ItemsQuarantined, $"{run.Rejected:N0} of {run.Fetched:N0} items of the last run were no transactions: see its quarantine and mapping.")
                : isRead ? new Finding(Holds: true, PullSourceReasons.ItemsMapped, "Every item of the last run was a transaction.")
                : new Finding(Holds: null, PullSourceReasons.NotYetTried, "Nothing could be read the last time."),
            CaughtUp = run.Outcome switch
            {
                RunOutcomes.Completed or RunOutcomes.NotModified => new Finding(Holds: true, PullSourceReasons.UpToDate, "Everything it had is taken in."),
                RunOutcomes.Failed => new Finding(Holds: false, PullSourceReasons.Behind, failure!.Message),
                _ => new Finding(Holds: false, PullSourceReasons.Behind, "It has more than a run may take (pagination.maxPages, response.maxItems), or the run was stopped: the next goes on where it ended."),
            },
        };
    }

    private static TimeSpan Milliseconds(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Floor(span.TotalMilliseconds));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Source}: {Outcome}, {Fetched} fetched, {Ingested} new, {Rejected} bad. {Message}")]
    private static partial void Ended(ILogger logger, ResourceKey source, string outcome, long fetched, long ingested, long rejected, string? message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Another run has {Source}: this one wrote nothing more.")]
    private static partial void Lost(ILogger logger, ResourceKey source);

    [LoggerMessage(Level = LogLevel.Error, Message = "The run of {Source} could not be written; it is repeated from its last page.")]
    private static partial void Unwritten(ILogger logger, ResourceKey source, Exception exception);
}
