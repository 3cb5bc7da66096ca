using System.Collections.Concurrent;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Pulls.Schedule;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Pulls;

/// <summary>Makes PullSources so: in every replica their client and mapping, in the tables their schedule. Whoever is first runs them.</summary>
internal sealed class PullSourceHandler(PullStore store, Quarantine quarantine, PreparedSources sources, PullModels models, PullSignal signal, TimeProvider time) : IResourceHandler
{
    private readonly ConcurrentDictionary<ResourceKey, string> _problems = [];

    public string Kind => ResourceKinds.PullSource.Name;

    public async Task<TimeSpan?> ApplyAsync(StoredResource resource, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        try
        {
            PreparedSource source = PreparedSource.Of(resource, secrets, time);
            _problems.TryRemove(resource.Key, out _);
            await store.EnsureAsync(resource, source.Times, cancellationToken);
            sources.Set(source);
            signal.Raise();
        }
        catch (FormatException exception)
        {
            _problems[resource.Key] = exception.Message;
            sources.Forget(resource.Key);
        }

        return null;
    }

    public async Task<ResourceStatus> StatusAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        PullSourceRow? row = await store.FindAsync(resource.Key.Namespace, resource.Key.Name, cancellationToken);
        LastRun? last = row?.Uid == resource.Row.Uid ? LastRun.Read(row.LastRun) : null;
        DateTimeOffset now = time.GetUtcNow();
        return new PullSourceStatus
        {
            Cursor = row?.Cursor,
            Watermark = row?.Watermark,
            Lag = row is null ? null : LagOf(row, now) is { } lag ? new Duration(TimeSpan.FromSeconds(Math.Floor(lag.TotalSeconds))) : null,
            LastRun = last?.Run,
            NextRun = row is { SuspendedAt: null } ? row.NextRunAt : null,
            ConsecutiveFailures = row?.Failures,
            Quarantined = await quarantine.OpenCountAsync(resource.Key, cancellationToken),
            Conditions = Conditions(resource, row, last, await models.ProblemAsync(resource, cancellationToken), now),
        };
    }

    /// <summary>A run that goes on stops at its next page; then all that is kept of it goes.</summary>
    public async Task<bool> DrainAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        sources.Forget(resource.Key);
        return await store.RemoveAsync(resource.Key, cancellationToken);
    }

    public void Forget(StoredResource resource)
    {
        sources.Forget(resource.Key);
        _problems.TryRemove(resource.Key, out _);
    }

    /// <summary>How far behind: since the newest that was seen, where that is a time, or else since a run was due.</summary>
    public static TimeSpan? LagOf(PullSourceRow row, DateTimeOffset now)
    {
        TimeSpan? lag = Watermarks.TimeOf(row.Watermark) is { } mark ? now - mark : row.NextRunAt < now ? now - row.NextRunAt : null;
        return lag < TimeSpan.Zero ? TimeSpan.Zero : lag;
    }

    private Condition[] Conditions(StoredResource resource, PullSourceRow? row, LastRun? last, string? model, DateTimeOffset now)
    {
        Finding untried = new(Holds: null, PullSourceReasons.NotYetTried, "The first run is still to come.");
        Finding auth = AuthOf(resource), reachable = last?.Reachable ?? untried, schema = last?.SchemaValid ?? untried, caughtUp = last?.CaughtUp ?? untried;
        Finding ready = _problems.TryGetValue(resource.Key, out string? problem) ? new Finding(Holds: false, PullSourceReasons.SpecNotUsable, problem)
            : model is not null ? new Finding(Holds: false, PullSourceReasons.ModelMissing, $"Nothing is pulled. {model}")
            : row?.SuspendedAt is { } since ? new Finding(Holds: false, PullSourceReasons.SuspendedAfterFailures,
                $"It rests since {since:u} after {row.Failures} failed runs in a row: {caughtUp.Message} Mend the cause, then POST {resource.Key.Path}/resume, or change the spec.")
            : new[] { auth, reachable, schema.Reason == PullSourceReasons.ItemsQuarantined ? untried : schema }.FirstOrDefault(finding => finding.Holds == false)
            ?? (last is null ? untried : new Finding(Holds: true, CommonReasons.Succeeded, "It is pulled on schedule."));
        return
        [
            Of(PullSourceConditions.AuthResolved, auth), Of(PullSourceConditions.Reachable, reachable), Of(PullSourceConditions.SchemaValid, schema),
            Of(PullSourceConditions.CaughtUp, caughtUp), Of(ConditionTypes.Ready, ready),
        ];

        Condition Of(string type, Finding finding) => new()
        {
            Type = type,
            Status = finding.Holds switch { true => ConditionStatus.True, false => ConditionStatus.False, null => ConditionStatus.Unknown },
            Reason = finding.Reason,
            Message = finding.Message,
            LastTransitionTime = now,
        };
    }

    private Finding AuthOf(StoredResource resource) =>
        sources[resource.Key]?.AuthProblem is { } problem ? new Finding(Holds: false, CommonReasons.SecretMissing, problem)
        : SecretReferences.Of(resource.Spec).Count == 0 ? new Finding(Holds: true, PullSourceReasons.NoSecretNeeded, "It refers to no Secret.")
        : new Finding(Holds: true, PullSourceReasons.SecretsFound, "Every Secret that it refers to is here, with its key.");
}
