using System.Diagnostics;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Retraining.Windows;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Runs;

/// <summary>A run that somebody wants.</summary>
internal sealed record RunRequest(WindowRequest Window, TrainingTrigger Trigger, string Reason, string? DedupeKey);

/// <summary>Queues runs and stops them.</summary>
internal sealed class RetrainingRequests(RetrainingRuns runs, TrainingWindows windows, AuditedCommit commit, IOptions<RetrainingOptions> options) : IRetrainingTrigger
{
    private const int Rounds = 20;

    /// <summary>The run, and whether it is new: the key may have one.</summary>
    /// <exception cref="ArgumentException">The window cannot be frozen.</exception>
    public async Task<(RetrainingRunRow Run, bool IsNew)> RequestAsync(RunRequest request, CancellationToken cancellationToken)
    {
        (string @namespace, string model) = (request.Window.Namespace, request.Window.Model);
        if (request.DedupeKey is { } key && await runs.FindAsync(@namespace, model, key, cancellationToken) is { } known)
        {
            return (known, false);
        }

        TrainingWindowRow window = windows.Prepare(request.Window);
        Guid id = Guid.CreateVersion7(window.FrozenAt);
        RetrainingRunRow run = new()
        {
            Id = id,
            Namespace = @namespace,
            Model = model,
            Trigger = request.Trigger,
            Reason = request.Reason,
            DedupeKey = request.DedupeKey ?? $"run:{id}",
            WindowId = window.Id,
            RequestedBy = request.Window.By,
            RequestedAt = window.FrozenAt,
            DeadlineAt = window.FrozenAt + options.Value.Deadline,
            State = RunState.Queued,
            Revision = 1,
            Traceparent = Activity.Current?.Id,
        };
        return await runs.CreateAsync(run, window, cancellationToken) is { } created
            ? (created, true)
            : (await runs.FindAsync(@namespace, model, run.DedupeKey, cancellationToken) ?? throw new InvalidOperationException("The run could not be stored."), false);
    }

    async Task<Guid> IRetrainingTrigger.RequestAsync(
        string @namespace, string model, string reason, DateTimeOffset from, DateTimeOffset to, string dedupeKey, CancellationToken cancellationToken)
    {
        WindowRequest window = new(@namespace, model, from, to, AsOf: null, "system:drift");
        return (await RequestAsync(new RunRequest(window, TrainingTrigger.Drift, reason, dedupeKey), cancellationToken)).Run.Id;
    }

    /// <summary>Stops it; its worker hears of it when it next says something. The run as it is then: over already where it was; null where there is none.</summary>
    public async Task<(RetrainingRunRow Run, bool IsCancelled)?> CancelAsync(Guid id, string actor, string? reason, CancellationToken cancellationToken)
    {
        for (int round = 0; round < Rounds; round++)
        {
            if (await runs.FindAsync(id, cancellationToken) is not { } run) return null;
            if (run.IsOver) return (run, false);
            RetrainingRunRow next = run with { State = RunState.Cancelled, Lease = null, LeaseUntil = null, EndedAt = commit.Now() };
            if (await runs.ChangeAsync(next, actor, reason, report: null, cancellationToken) is { } cancelled) return (cancelled, true);
        }

        throw new InvalidOperationException($"The run {id} changes faster than it can be stopped.");
    }
}
