using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.FanOut;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>How many messages go again.</summary>
/// <param name="Messages">So many.</param>
/// <param name="More">There are more than one call may take: call again.</param>
/// <param name="Next">Of the log of events: since when to call again.</param>
internal sealed record ReplayOutcome(long Messages, bool More, DateTimeOffset? Next = null);

/// <summary>Has messages sent again, under the ids that they had: dead letters, or whatever the log of events still holds.</summary>
internal sealed class CallbackReplay(
    IDatabase database, DeliveryStore deliveries, DeadLetterStore letters, EventLog log, CallbackSources sources, TargetActs acts, DeliverySignal signal, TimeProvider time)
{
    /// <summary>A call takes no more than this; the caller sees it and calls again.</summary>
    private const int MostACall = 100_000;
    private const int Part = 2000;

    public async Task<bool> OneAsync(ResourceKey target, Guid id, string actor, CancellationToken cancellationToken)
    {
        if (await letters.FindAsync(target, id, cancellationToken) is not { } letter)
        {
            return false;
        }

        await acts.ReplayAsync(target, [letter.Revived(time.GetUtcNow())], [letter.Id], $"The dead letter {CallbackIds.Text(id)} goes again.", new ActRequest(actor), cancellationToken);
        signal.Raise();
        return true;
    }

    /// <summary>Dead letters of a range, the oldest first. Cut off in the middle and asked for again, it goes on with those that are left.</summary>
    public async Task<ReplayOutcome> LettersAsync(ResourceKey target, DeadLetterRange range, ActRequest asked, CancellationToken cancellationToken)
    {
        if (await acts.DoneAsync(asked.Once, cancellationToken) is { } done)
        {
            return new ReplayOutcome(done, false);
        }

        long messages = 0;
        while (messages < MostACall)
        {
            List<CallbackDeadLetterRow> part = await letters.OldestAsync(target, range, Part, cancellationToken);
            bool isLast = part.Count < Part;
            DateTimeOffset now = time.GetUtcNow();
            await AgainAsync(
                target, [.. part.Select(letter => letter.Revived(now))], [.. part.Select(letter => letter.Id)], Reason("Dead letters", range), asked with { Once = isLast ? asked.Once : null }, cancellationToken);
            messages += part.Count;
            if (isLast)
            {
                return new ReplayOutcome(messages, false);
            }
        }

        return new ReplayOutcome(messages, true);
    }

    /// <summary>Everything that the target wants of a range of the log, delivered before or not; for receivers that lost what they had.</summary>
    public async Task<ReplayOutcome> LogAsync(ResourceKey target, CallbackTargetSpec spec, DeadLetterRange range, ActRequest asked, CancellationToken cancellationToken)
    {
        if (await acts.DoneAsync(asked.Once, cancellationToken) is { } done)
        {
            return new ReplayOutcome(done, false);
        }

        Subscription subscription = new(target.Name, spec);
        (long after, long last) = await BoundsAsync(target.Namespace, range.Since, cancellationToken);
        long messages = 0;
        while (true)
        {
            List<StreamEvent> events = after < last ? await log.ReadAsync(target.Namespace, after, EventLog.MaxPage, cancellationToken) : [];
            after = events.Count == 0 ? last : events[^1].EventId;
            List<StreamEvent> wanted = [.. events.Where(item => item.EventId <= last && item.CreatedAt >= (range.Since ?? item.CreatedAt) && !(item.CreatedAt >= range.Until))];
            DateTimeOffset now = time.GetUtcNow();
            List<CallbackDeliveryRow> rows = [.. (await sources.CandidatesAsync(wanted, cancellationToken)).Select(candidate => subscription.Of(candidate, now)).OfType<CallbackDeliveryRow>()];
            bool isLast = after >= last;
            await AgainAsync(target, rows, [.. rows.Select(row => row.Id)], Reason("Events", range), asked with { Once = isLast ? asked.Once : null }, cancellationToken);
            messages += rows.Count;
            if (isLast || messages >= MostACall)
            {
                return new ReplayOutcome(messages, !isLast, isLast ? null : events[^1].CreatedAt);
            }
        }
    }

    /// <summary>With nothing to send there is nothing to write, unless it has to be remembered that it was asked for.</summary>
    private async Task AgainAsync(
        ResourceKey target, List<CallbackDeliveryRow> rows, List<Guid> dead, string reason, ActRequest asked, CancellationToken cancellationToken)
    {
        if (rows.Count > 0 || asked.Once is not null)
        {
            await acts.ReplayAsync(target, rows, dead, reason, asked, cancellationToken);
            signal.Raise();
        }
    }

    public Task<CallbackStateRow?> StateAsync(ResourceKey target, CancellationToken cancellationToken) => deliveries.StateAsync(target, cancellationToken);

    /// <summary>Up to where the fan-out has come: what follows goes anyway.</summary>
    private async Task<(long After, long Last)> BoundsAsync(string @namespace, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        long last = await db.EventCursors.Where(row => row.Reader == EventReaders.Callbacks && row.Namespace == @namespace).Select(row => row.LastEventId).FirstOrDefaultAsync(cancellationToken);
        IQueryable<EventBlock> events = db.Events.Where(block => block.Namespace == @namespace);
        long? first = since is { } from
            ? await events.Where(block => block.CreatedAt >= from).MinAsync(block => (long?)block.FirstId, cancellationToken)
            : await events.MinAsync(block => (long?)block.FirstId, cancellationToken);
        return ((first ?? (last + 1)) - 1, last);
    }

    private static string Reason(string what, DeadLetterRange range) => (range.Since, range.Until) switch
    {
        (null, null) => $"{what}: all of them go again.",
        var (since, until) => $"{what} {(since is null ? "" : $"since {since:u} ")}{(until is null ? "" : $"until {until:u} ")}go again.",
    };
}
