using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.IsolationForest;

namespace FinObs.Scoring.Training;

/// <summary>Turns the weights of the options into weights of the terms as they are, by each term's spread over the training window.</summary>
internal static class EnsembleWeighing
{
    public static EnsembleParameters Weigh(ReadOnlySpan<float> rows, Forest forest, PcaAutoencoder autoencoder, EnsembleOptions options)
    {
        int features = forest.FeatureCount;
        int count = rows.Length / features;
        var terms = new double[count];
        forest.Terms(rows, terms);

        var totals = new double[count];
        var reference = new double[features];
        Span<double> errors = stackalloc double[PcaAutoencoder.MostFeatures];
        for (int i = 0; i < count; i++)
        {
            autoencoder.Errors(rows.Slice(i * features, features), errors);
            for (int f = 0; f < features; f++)
            {
                totals[i] += errors[f];
                reference[f] += errors[f];
            }
        }

        return new EnsembleParameters(
            options.ForestWeight / Spread(terms, options.Scale),
            Mean(terms),
            options.ReconstructionWeight / Spread(totals, options.Scale),
            Array.ConvertAll(reference, sum => sum / count),
            options.ErrorFunction,
            options.HuberDelta);
    }

    /// <summary>The unit of a term; 1 where the term does not vary.</summary>
    private static double Spread(double[] values, TermScale scale)
    {
        double spread = scale switch
        {
            TermScale.Range => values.Max() - values.Min(),
            TermScale.UpperTail => UpperTail(values),
            _ => Deviation(values),
        };
        return spread > 1e-12 ? spread : 1;
    }

    private static double UpperTail(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        int tail = Math.Max(1, sorted.Length / 100);
        return Mean(sorted.AsSpan(sorted.Length - tail)) - Mean(values);
    }

    private static double Deviation(double[] values)
    {
        double mean = Mean(values);
        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / values.Length);
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
