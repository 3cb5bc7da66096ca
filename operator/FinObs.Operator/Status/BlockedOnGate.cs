using FinObs.Contracts.Resources;

namespace FinObs.Operator.Status;

/// <summary>What an object waits for, with the moment since when.</summary>
internal static class BlockedOnGate
{
    /// <summary>The same gate as before keeps its time; another begins now, in whole seconds as the API server keeps times.</summary>
    public static BlockedOn Of(BlockedOn? before, string gate, string hint, DateTimeOffset now) => new()
    {
        Gate = gate,
        Hint = hint,
        Since = before?.Gate == gate ? before.Since : new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero),
    };
}
