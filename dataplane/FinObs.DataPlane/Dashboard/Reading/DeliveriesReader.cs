using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks;
using FinObs.DataPlane.Callbacks.Api;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the deliveries page shows.</summary>
internal sealed record DeliveriesModel(IReadOnlyList<DeliveryTarget> Targets, IReadOnlyList<DeliveryAttempt> Attempts, IReadOnlyList<DeadLetterAnswer> DeadLetters, string? Selected);

/// <summary>A target, with what was last wrong with it.</summary>
internal sealed record DeliveryTarget(DeliveryLine Line, string Url, DateTimeOffset? LastSuccess, DateTimeOffset? LastFailureAt, string? LastFailure);

/// <summary>One attempt.</summary>
internal sealed record DeliveryAttempt(Guid Id, string Target, DateTimeOffset At, string Type, Guid? Subject, int Attempt, string Outcome, int Status, int Milliseconds, string? Detail);

/// <summary>Reads how deliveries go.</summary>
internal sealed class DeliveriesReader(CallbackFigures figures, ResourceCatalogue catalogue, DeadLetterStore letters, IDatabase database)
{
    private const int MostAttempts = 50;

    /// <summary>A queue that is older than this is not just busy.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    public async Task<List<DeliveryLine>> LinesAsync(string @namespace, CancellationToken cancellationToken) =>
        [.. (await figures.OfAllAsync(cancellationToken)).Where(target => target.Namespace == @namespace).Select(LineOf).OrderBy(line => line.State is "good").ThenBy(line => line.Target, StringComparer.Ordinal)];

    public async Task<DeliveriesModel?> ReadAsync(string @namespace, string? selected, CancellationToken cancellationToken)
    {
        List<DeliveryLine> lines = await LinesAsync(@namespace, cancellationToken);
        await using FinObsDbContext db = database.CreateContext();
        Dictionary<string, CallbackStateRow> states = await db.CallbackStates.Where(row => row.Namespace == @namespace).ToDictionaryAsync(row => row.Target, cancellationToken);
        List<CallbackAttemptRow> attempts = await db.CallbackAttempts.Where(row => row.Namespace == @namespace && (selected == null || row.Target == selected)).OrderByDescending(row => row.Id).Take(MostAttempts)
            .ToListAsync(cancellationToken);
        List<CallbackDeadLetterRow> dead = await letters.NewestAsync(@namespace, selected, null, MostAttempts, cancellationToken);
        return new DeliveriesModel(
            [.. lines.Select(line => TargetOf(@namespace, line, states.GetValueOrDefault(line.Target)))],
            [.. attempts.Select(row => new DeliveryAttempt(row.Id, row.Target, row.StartedAt, row.Type, row.SubjectId, row.Attempt, row.Outcome.ToString(), row.Status, row.DurationMs, row.Detail))],
            [.. dead.Select(DeadLetterAnswer.Of)], selected);
    }

    private DeliveryTarget TargetOf(string @namespace, DeliveryLine line, CallbackStateRow? state)
    {
        CallbackTarget? target = catalogue.Current.Find(new ResourceKey(@namespace, ResourceKinds.CallbackTarget.Name, line.Target))?.Resource as CallbackTarget;
        return new DeliveryTarget(line, target?.Spec.Url ?? "", state?.LastSuccess, state?.LastFailureAt, state?.LastFailureDetail ?? state?.LastFailureReason);
    }

    private static DeliveryLine LineOf(TargetFigures target)
    {
        (string state, string text) = target switch
        {
            { State: CallbackState.Disabled } => ("bad", "disabled"),
            { State: CallbackState.CircuitOpen } => ("bad", "left alone, fails too often"),
            { State: CallbackState.Throttled } => ("watch", "asks for patience"),
            { DeadLetters: > 0 } => ("watch", "gave messages up"),
            _ when target.OldestAge > Late => ("watch", "late"),
            _ => ("good", "delivers"),
        };
        return new DeliveryLine(target.Target, state, text, target.Queue, target.OldestAge.TotalSeconds, target.DeadLetters);
    }
}
