using FinObs.Load.Scenarios;

namespace FinObs.Load.Running;

/// <summary>When something is due.</summary>
/// <param name="At">Since the start.</param>
/// <param name="Request">Index in the mix.</param>
/// <param name="Phase">Index of the phase.</param>
internal readonly record struct Arrival(TimeSpan At, int Request, int Phase);

/// <summary>
/// Arrivals of an open model: a Poisson process whose rate the phases say, by thinning (Lewis and Shedler 1979). It does not know how long answers take; people and machines who come do not either.
/// </summary>
internal static class Arrivals
{
    public static IEnumerable<Arrival> Of(LoadScenario scenario, double scale)
    {
        Random random = new(scenario.Seed);
        double[] shares = Shares(scenario.Mix);
        double start = 0;
        for (int p = 0; p < scenario.Phases.Count; p++)
        {
            LoadPhase phase = scenario.Phases[p];
            double length = phase.Duration.TotalSeconds, most = Math.Max(phase.From, phase.To) * scale;
            for (double at = Step(random, most); at < length; at += Step(random, most))
            {
                double rate = (phase.From + ((phase.To - phase.From) * at / length)) * scale;
                if (random.NextDouble() * most <= rate)
                {
                    yield return new Arrival(TimeSpan.FromSeconds(start + at), Pick(shares, random), p);
                }
            }

            start += length;
        }
    }

    private static double Step(Random random, double rate) => rate <= 0 ? double.PositiveInfinity : -Math.Log(1 - random.NextDouble()) / rate;

    private static double[] Shares(IReadOnlyList<LoadRequest> mix)
    {
        double sum = 0;
        return [.. mix.Select(request => sum += request.Weight)];
    }

    private static int Pick(double[] shares, Random random)
    {
        double at = random.NextDouble() * shares[^1];
        int index = Array.FindIndex(shares, share => at < share);
        return index < 0 ? shares.Length - 1 : index;
    }
}
