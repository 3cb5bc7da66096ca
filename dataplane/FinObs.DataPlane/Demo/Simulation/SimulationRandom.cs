namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>SplitMix64: the same numbers from the same seed on every machine and every runtime, and a stream of its own for every key.</summary>
/// <remarks>Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014).</remarks>
internal sealed class SimulationRandom(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>A stream that depends on nothing but the seed and the keys: what one account does never shifts what another does.</summary>
    public static SimulationRandom For(ulong seed, ulong first, ulong second = 0) => new(Mix(seed ^ Mix(first + Golden) ^ Mix(second ^ Golden)));

    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 … <paramref name="below"/> − 1.</summary>
    public int Next(int below) => (int)(NextDouble() * below);

    /// <summary>Uniform in <paramref name="from"/> … <paramref name="to"/>.</summary>
    public double Between(double from, double to) => from + ((to - from) * NextDouble());

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Standard normal, by Box and Muller.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Lognormal around a median.</summary>
    public double LogNormal(double median, double sigma) => median * Math.Exp(sigma * Normal());

    /// <summary>Poisson by Knuth's product; for small means.</summary>
    public int Poisson(double mean)
    {
        double limit = Math.Exp(-mean);
        int count = 0;
        for (double product = NextDouble(); product > limit; product *= NextDouble()) count++;
        return count;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
