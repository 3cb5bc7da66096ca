using FinObs.Contracts.Resources;

namespace FinObs.Operator.Policies;

/// <summary>How soon something that is waited for is looked at again: soon at first, then the later the longer it has lasted. Thousands of objects wait for one data plane.</summary>
internal static class Patience
{
    /// <summary>While something is waited for that no watch tells of.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    /// <summary>A quarter of the time that it has lasted so far.</summary>
    private const int Part = 4;

    /// <param name="blocked">What is waited for.</param>
    /// <param name="now">On this machine's clock; one that was set back, or another machine's, makes it look sooner and nothing else.</param>
    /// <param name="longest">How often a settled object is looked at.</param>
    public static TimeSpan After(BlockedOn blocked, DateTimeOffset now, TimeSpan longest)
    {
        TimeSpan lasted = (now - blocked.Since) / Part;
        return lasted <= Shortest || longest <= Shortest ? Shortest : lasted < longest ? lasted : longest;
    }
}
