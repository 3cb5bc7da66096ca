using System.Globalization;
using FinObs.Scoring.Experiments;
using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Tests.Experiments.Simulation;

/// <summary>Experiments with known truth, many times over: how often each rule finds what is not there, and what is. Fixed seeds: the table of docs/experiments.md is what comes out.</summary>
internal static class ExperimentSimulation
{
    public const int Runs = 2_000;
    public const int Looks = 50;
    private const double Alpha = 0.05;

    /// <summary>Share of experiments without an effect in which a rule finds one, in fifty looks of a hundred labelled units an arm.</summary>
    public static Errors SameRate(double rate, double tau, int seed)
    {
        Random chance = new(seed);
        Errors errors = default;
        for (int run = 0; run < Runs; run++)
        {
            (long a, long b, long n) = (0, 0, 0);
            (bool peeked, bool sequential) = (false, false);
            for (int look = 0; look < Looks; look++)
            {
                (a, b, n) = (a + Draw(chance, 100, rate), b + Draw(chance, 100, rate), n + 100);
                peeked |= SeedRule(a, n, b, n);
                sequential |= SequentialProportions.Test(new(a, n), new(b, n), tau, Alpha).PValue < Alpha;
            }

            bool atTheEnd = ChiSquared.Independence(a, n - a, b, n - b, yates: false).PValue < Alpha;
            errors += new Errors(One(peeked), One(sequential), One(atTheEnd));
        }

        return errors;
    }

    /// <summary>The same rate, but labels for nine tenths of one arm and six tenths of the other: the seed counts what has no label as wrong.</summary>
    public static Errors UnequalLabels(int seed)
    {
        Random chance = new(seed);
        Errors errors = default;
        const int Units = 5_000;
        for (int run = 0; run < Runs; run++)
        {
            int first = Draw(chance, Units, 0.9), second = Draw(chance, Units, 0.6);
            int a = Draw(chance, first, 0.9), b = Draw(chance, second, 0.9);
            bool labelledOnly = ChiSquared.Independence(a, first - a, b, second - b, yates: false).PValue < Alpha;
            bool sequential = SequentialProportions.Test(new(a, first), new(b, second), 0.02, Alpha).PValue < Alpha;
            errors += new Errors(One(SeedRule(a, Units, b, Units)), One(sequential), One(labelledOnly));
        }

        return errors;
    }

    /// <summary>Share of experiments with an effect in which it is found, at the size that is planned for a power of 80 %.</summary>
    public static Found RealEffect(double control, double effect, int seed)
    {
        Random chance = new(seed);
        long planned = SampleSize.PerArm(control, effect, Alpha, 0.8);
        Found found = new(planned, 0, 0, 0, 0);
        for (int run = 0; run < Runs; run++)
        {
            (long a, long b, long n) = (0, 0, 0);
            long? stopped = null;
            for (int look = 1; look <= 2 * Looks; look++)
            {
                int more = (int)((planned * look / Looks) - n);
                (a, b, n) = (a + Draw(chance, more, control), b + Draw(chance, more, control + effect), n + more);
                stopped ??= SequentialProportions.Test(new(a, n), new(b, n), Math.Abs(effect), Alpha).PValue < Alpha ? n : null;
                found = look == Looks
                    ? found with { AtTheEnd = found.AtTheEnd + One(ChiSquared.Independence(a, n - a, b, n - b, yates: false).PValue < Alpha), Sequential = found.Sequential + One(stopped is not null) }
                    : found;
            }

            found = found with { SequentialTwice = found.SequentialTwice + One(stopped is not null), MeanStop = found.MeanStop + ((stopped ?? n) / (double)Runs) };
        }

        return found;
    }

    /// <summary>Share of experiments whose units arrive as planned, or with another share than the planned 50 %, that are called mismatched; looked at fifty times up to 10,000 units.</summary>
    public static double SampleRatio(double share, int seed)
    {
        Random chance = new(seed);
        int called = 0;
        for (int run = 0; run < Runs; run++)
        {
            long a = 0, n = 0;
            bool mismatch = false;
            for (int look = 0; look < Looks; look++)
            {
                (a, n) = (a + Draw(chance, 200, share), n + 200);
                mismatch |= SequentialMultinomial.PValue([a, n - a], [0.5, 0.5]) < 0.001;
            }

            called += One(mismatch);
        }

        return called / (double)Runs;
    }

    /// <summary>Both versions score the same units; they differ on one in twenty, and of those the treatment is right on this share. Fifty looks of a hundred pairs.</summary>
    public static (double Sequential, double AtTheEnd) Paired(double treatmentRight, int seed)
    {
        Random chance = new(seed);
        (int sequential, int atTheEnd) = (0, 0);
        for (int run = 0; run < Runs; run++)
        {
            (long first, long second) = (0, 0);
            bool valid = false;
            for (int look = 0; look < Looks; look++)
            {
                int differ = Draw(chance, 100, 0.05), right = Draw(chance, differ, treatmentRight);
                (first, second) = (first + differ - right, second + right);
                valid |= McNemar.SequentialPValue(first, second) < Alpha;
            }

            sequential += One(valid);
            atTheEnd += One(McNemar.PValue(first, second) < Alpha);
        }

        return (sequential / (double)Runs, atTheEnd / (double)Runs);
    }

    public static string Percent(double count) => (100.0 * count / Runs).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>What the seed does at every request: a chi-squared test with Yates' correction from thirty units an arm on, what is not known to be right counted as wrong.</summary>
    private static bool SeedRule(long rightA, long unitsA, long rightB, long unitsB) =>
        unitsA >= 30 && unitsB >= 30 && ChiSquared.Independence(rightA, unitsA - rightA, rightB, unitsB - rightB, yates: true).PValue < Alpha;

    private static int Draw(Random chance, int trials, double rate)
    {
        int successes = 0;
        for (int i = 0; i < trials; i++)
        {
            successes += chance.NextDouble() < rate ? 1 : 0;
        }

        return successes;
    }

    private static int One(bool yes) => yes ? 1 : 0;
}

/// <summary>How often a rule found what is not there.</summary>
internal readonly record struct Errors(int Seed, int Sequential, int AtTheEnd)
{
    public static Errors operator +(Errors a, Errors b) => new(a.Seed + b.Seed, a.Sequential + b.Sequential, a.AtTheEnd + b.AtTheEnd);
}

/// <summary>How often a rule found what is there.</summary>
internal readonly record struct Found(long Planned, int AtTheEnd, int Sequential, int SequentialTwice, double MeanStop);
