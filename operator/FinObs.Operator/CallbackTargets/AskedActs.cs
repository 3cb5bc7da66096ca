using System.Globalization;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Operator.DataPlane;
using FinObs.Operator.Policies;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Status;

namespace FinObs.Operator.CallbackTargets;

/// <summary>
/// Does what annotations ask for, once a value: <c>finobs.io/enable</c>, <c>finobs.io/send-test</c>, <c>finobs.io/replay</c>, in this order, so that what is enabled and tested by one change can be replayed by it too.
/// The status remembers the value, and the data plane the act: an operator that dies in between asks again under the same key, and nothing is done twice.
/// </summary>
internal sealed class AskedActs(CallbackClient callbacks, EventRecorder events, TimeProvider time) : IPolicyStep<CallbackTarget, CallbackTargetStatus>
{
    /// <summary>A replay takes a hundred thousand messages a call; the rest is for the next time.</summary>
    private const int CallsATime = 10;

    public async Task<CallbackTargetStatus> TakeAsync(CallbackTarget resource, CallbackTargetStatus told, ConditionSet conditions, CancellationToken cancellationToken)
    {
        CallbackTargetStatus? before = resource.Status;
        string? problem = null;
        async Task<string?> Once(string annotation, string? handled, Func<string, string, Task<string?>> act)
        {
            if (resource.Metadata.Annotations?.GetValueOrDefault(annotation) is not { Length: > 0 } wanted || wanted == handled)
            {
                return handled;
            }

            string? why;
            try
            {
                why = await act(wanted, $"{annotation}:{resource.Metadata.Uid}:{wanted}");
            }
            catch (ActRefusedException e)
            {
                why = $"What {annotation} asks for is refused: {e.Message}";
            }

            problem ??= why;
            return why is null ? wanted : handled;
        }

        ResourceKey key = new(resource.Metadata.Namespace ?? "", resource.Metadata.Name);
        told = told with
        {
            LastHandledEnable = await Once(WellKnown.Enable, before?.LastHandledEnable, (_, once) => EnableAsync(resource, key, once, cancellationToken)),
            LastHandledSendTest = await Once(WellKnown.SendTest, before?.LastHandledSendTest, (_, once) => TestAsync(resource, key, once, cancellationToken)),
            LastHandledReplay = await Once(WellKnown.Replay, before?.LastHandledReplay, (wanted, once) => ReplayAsync(resource, key, wanted, once, cancellationToken)),
        };
        return problem is null ? told : told with { BlockedOn = BlockedOnGate.Of(before?.BlockedOn, "Annotation", problem, time.GetUtcNow()) };
    }

    private async Task<string?> EnableAsync(CallbackTarget resource, ResourceKey key, string once, CancellationToken cancellationToken)
    {
        await callbacks.EnableAsync(key, once, cancellationToken);
        events.Record(resource, EventType.Normal, "Enabled", ChangeTrace.Mark($"Deliveries go on, as {WellKnown.Enable} asks."));
        return null;
    }

    /// <summary>A test that fails was made all the same: what came of it is told by an event.</summary>
    private async Task<string?> TestAsync(CallbackTarget resource, ResourceKey key, string once, CancellationToken cancellationToken)
    {
        try
        {
            TestResult result = await callbacks.TestAsync(key, once, cancellationToken);
            events.Record(
                resource, result.Delivered ? EventType.Normal : EventType.Warning, result.Delivered ? "TestDelivered" : "TestFailed",
                ChangeTrace.Mark(result.Delivered ? $"The test message arrived: {result.Status}." : $"The test message did not arrive: {result.Detail ?? result.Reason}"));
        }
        catch (ActRefusedException e)
        {
            events.Record(resource, EventType.Warning, "TestFailed", ChangeTrace.Mark($"No test message was sent: {e.Message}"));
        }

        return null;
    }

    private async Task<string?> ReplayAsync(CallbackTarget resource, ResourceKey key, string wanted, string once, CancellationToken cancellationToken)
    {
        if (!ReplayWish.TryParse(wanted, out ReplayWish wish))
        {
            return $"{WellKnown.Replay} is \"{wanted}\": write dlq for the dead letters, or since=2026-03-01T00:00:00Z for what the log of events holds since then; add #2 or the like to ask once more.";
        }

        (long messages, DateTimeOffset? since) = (0, wish.Since);
        for (int call = 0; call < CallsATime; call++)
        {
            ReplayResult part = await callbacks.ReplayAsync(key, since, once, cancellationToken);
            messages += part.Messages;
            if (!part.More)
            {
                events.Record(resource, EventType.Normal, "Replayed", ChangeTrace.Mark(string.Create(CultureInfo.InvariantCulture, $"{messages} messages go again, as {WellKnown.Replay} asks.")));
                return null;
            }

            since = part.Next ?? since;
        }

        return $"{messages} messages go again, and there are more: it goes on by itself.";
    }
}

/// <summary>What <c>finobs.io/replay</c> asks for.</summary>
/// <param name="Since">Whatever the log of events holds since then; null = the dead letters.</param>
internal readonly record struct ReplayWish(DateTimeOffset? Since)
{
    private const string DeadLetters = "dlq";
    private const string SinceIs = "since=";

    /// <summary><c>dlq</c> or <c>since=</c> and an instant with its zone (RFC 3339); whatever follows a <c>#</c> only makes it another value.</summary>
    public static bool TryParse(string text, out ReplayWish wish)
    {
        string what = text.Split('#', 2)[0].Trim();
        wish = default;
        if (what == DeadLetters)
        {
            return true;
        }

        // Without a zone the time would be the operator's own.
        bool isInstant = what.StartsWith(SinceIs, StringComparison.Ordinal)
            && DateTime.TryParse(what.AsSpan(SinceIs.Length), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTime parsed) && parsed.Kind != DateTimeKind.Unspecified
            && what.Contains('T', StringComparison.Ordinal);
        wish = isInstant ? new ReplayWish(DateTimeOffset.Parse(what.AsSpan(SinceIs.Length), CultureInfo.InvariantCulture)) : default;
        return isInstant;
    }
}
