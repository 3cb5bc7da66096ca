using FinObs.Operator.Reconciliation.Api;
using k8s.Models;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.Reconciliation.Leadership;

/// <summary>
/// Among all processes at most one leads: the one whose name stands in the Lease. Clocks of different machines are never compared:
/// a rival measures, on its own clock, how long the Lease has not changed.
/// </summary>
internal sealed partial class LeaderElection(
    ResourceClient<V1Lease> leases, IOptions<LeaderOptions> options, LeaderIdentity identity, Jitter jitter, TimeProvider time, ILogger<LeaderElection> logger)
{
    private readonly LeaderOptions _options = options.Value;
    private (string Record, long Since) _observed = ("", 0);

    /// <summary>Waits until the lease is ours.</summary>
    public async Task<LeaderTerm> AcquireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryTakeAsync(_options.RenewDeadline, cancellationToken) is { Outcome: LeaseOutcome.Held, Sent: var sent })
            {
                LogLeading(logger, identity.Name);
                return new LeaderTerm(time, _options.RenewDeadline, sent);
            }

            await Task.Delay(jitter.Around(_options.RetryPeriod, 0.2), time, cancellationToken);
        }
    }

    /// <summary>Renews until the term is over, for whichever reason, or until cancelled.</summary>
    public async Task RenewAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, term.Lost);
        while (true)
        {
            await Task.Delay(_options.RetryPeriod, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (either.IsCancellationRequested) return;
            LeaseAttempt attempt = await TryTakeAsync(_options.RetryPeriod, either.Token);
            if (attempt.Outcome == LeaseOutcome.Held)
            {
                term.Renewed(attempt.Sent);
            }
            else if (attempt.Outcome == LeaseOutcome.Taken)
            {
                LogTaken(logger);
                term.End();
                return;
            }
        }
    }

    /// <summary>Lets a rival take the lease at once. Only after everything that acts has stopped.</summary>
    public async Task ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        if (term.IsOver) return;
        term.End();
        try
        {
            if (await leases.GetAsync(identity.Lease, cancellationToken) is not { } lease || lease.Spec?.HolderIdentity != identity.Name) return;
            (lease.Spec.HolderIdentity, lease.Spec.LeaseDurationSeconds, lease.Spec.RenewTime) = ("", 1, Now());
            await leases.ReplaceAsync(lease, cancellationToken);
            LogReleased(logger);
        }
        catch (Exception e)
        {
            // It runs out by itself then.
            LogAttemptFailed(logger, e);
        }
    }

    /// <summary>One look at the lease, and a write where it is ours or free. Never lasts longer than <paramref name="limit"/>.</summary>
    private async Task<LeaseAttempt> TryTakeAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = new(limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            V1Lease? lease = await leases.GetAsync(identity.Lease, either.Token);
            bool isOurs = lease?.Spec?.HolderIdentity == identity.Name;
            if (lease is not null && !isOurs && !IsFree(lease)) return new LeaseAttempt(LeaseOutcome.Taken, 0);

            long sent = time.GetTimestamp();
            V1Lease wanted = Write(lease, isOurs);
            _ = lease is null ? await leases.CreateAsync(wanted, either.Token) : await leases.ReplaceAsync(wanted, either.Token);
            return new LeaseAttempt(LeaseOutcome.Held, sent);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new LeaseAttempt(LeaseOutcome.Unknown, 0);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            // A rival was a moment faster; the next look will say so.
            return new LeaseAttempt(LeaseOutcome.Unknown, 0);
        }
        catch (Exception e)
        {
            LogAttemptFailed(logger, e);
            return new LeaseAttempt(LeaseOutcome.Unknown, 0);
        }
    }

    /// <summary>Nobody's, or not changed for its whole duration while we looked on.</summary>
    private bool IsFree(V1Lease lease)
    {
        if (string.IsNullOrEmpty(lease.Spec?.HolderIdentity)) return true;
        string record = lease.Metadata.ResourceVersion;
        if (_observed.Record != record) _observed = (record, time.GetTimestamp());
        TimeSpan duration = TimeSpan.FromSeconds(lease.Spec.LeaseDurationSeconds ?? _options.LeaseDuration.TotalSeconds);
        return time.GetElapsedTime(_observed.Since) >= duration;
    }

    private V1Lease Write(V1Lease? lease, bool isOurs)
    {
        DateTime now = Now();
        V1LeaseSpec before = lease?.Spec ?? new V1LeaseSpec();
        return new V1Lease
        {
            Metadata = lease?.Metadata ?? new V1ObjectMeta { Name = identity.Lease.Name, NamespaceProperty = identity.Lease.Namespace },
            Spec = new V1LeaseSpec
            {
                HolderIdentity = identity.Name,
                LeaseDurationSeconds = (int)_options.LeaseDuration.TotalSeconds,
                AcquireTime = isOurs ? before.AcquireTime : now,
                RenewTime = now,
                LeaseTransitions = (before.LeaseTransitions ?? 0) + (isOurs || lease is null ? 0 : 1),
            },
        };
    }

    /// <summary>Never a whole second: the client library would write it without a fraction, which the server does not read as a MicroTime.</summary>
    private DateTime Now()
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        return now.Ticks % TimeSpan.TicksPerSecond < TimeSpan.TicksPerMicrosecond ? now.AddMicroseconds(1) : now;
    }

    [LoggerMessage(LogLevel.Information, "Leading, as {Identity}.")]
    private static partial void LogLeading(ILogger logger, string identity);

    [LoggerMessage(LogLevel.Warning, "Another process holds the lease: stopping all work.")]
    private static partial void LogTaken(ILogger logger);

    [LoggerMessage(LogLevel.Information, "The lease is given up.")]
    private static partial void LogReleased(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "An attempt on the lease failed.")]
    private static partial void LogAttemptFailed(ILogger logger, Exception exception);

    private enum LeaseOutcome
    {
        /// <summary>No answer: ours or not, nobody knows.</summary>
        Unknown,
        Held,
        Taken,
    }

    private readonly record struct LeaseAttempt(LeaseOutcome Outcome, long Sent);
}

/// <summary>Who this process is, and which Lease it is about.</summary>
internal sealed record LeaderIdentity(string Name, ResourceKey Lease);
