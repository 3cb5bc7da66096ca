namespace FinObs.Operator.Tests;

/// <summary>The clock of a machine that is wrong by so much; it runs as fast as any other.</summary>
internal sealed class ShiftedTime(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
}
