using System.Runtime.CompilerServices;
using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Boosting;
using FinObs.Scoring.IsolationForest;

namespace FinObs.Scoring.Ensemble;

/// <summary>Margins of the ensemble, in double, bit-equal whatever the batch. Thread-safe.</summary>
internal sealed class EnsembleEvaluator
{
    private const int BlockRows = 256;
    private readonly double _totalReference;

    /// <param name="forest">Isolation forest.</param>
    /// <param name="autoencoder">Autoencoder of as many features.</param>
    /// <param name="parameters">Weights and references.</param>
    /// <param name="member">Grown on reviews; there is one exactly where the parameters name one.</param>
    public EnsembleEvaluator(Forest forest, PcaAutoencoder autoencoder, EnsembleParameters parameters, BoostedMember? member = null)
    {
        if ((member is null) != (parameters.Supervised is null) || (member is not null && member.FeatureCount != forest.FeatureCount))
        {
            throw new ArgumentException("A supervised member and its parameters come together, for as many features as the forest has.", nameof(member));
        }

        Member = member;
        Forest = forest;
        Autoencoder = autoencoder;
        Parameters = parameters;
        _totalReference = Total(parameters.ReconstructionReference);
    }

    public Forest Forest { get; }

    public PcaAutoencoder Autoencoder { get; }

    public EnsembleParameters Parameters { get; }

    /// <summary>Grown on reviews; <see langword="null"/> where there are none.</summary>
    public BoostedMember? Member { get; }

    public int FeatureCount => Forest.FeatureCount;

    /// <summary>Margins of N rows; NaN for a row with a feature that is not finite.</summary>
    [SkipLocalsInit]
    public void Margins(ReadOnlySpan<float> rows, Span<double> margins)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, margins.Length * FeatureCount);
        Span<double> block = stackalloc double[BlockRows], reviewed = stackalloc double[BlockRows];
        bool hasMember = Member is not null;
        for (int from = 0; from < margins.Length; from += BlockRows)
        {
            Span<double> terms = block[..Math.Min(BlockRows, margins.Length - from)];
            ReadOnlySpan<float> blockRows = rows.Slice(from * FeatureCount, terms.Length * FeatureCount);
            Forest.Terms(blockRows, terms);
            Member?.Terms(blockRows, reviewed[..terms.Length]);
            for (int i = 0; i < terms.Length; i++)
            {
                ReadOnlySpan<float> row = blockRows.Slice(i * FeatureCount, FeatureCount);
                margins[from + i] = AllFinite(row) ? MarginOf(terms[i], Autoencoder.TotalError(row)) + (hasMember ? SupervisedOf(reviewed[i]) : 0) : double.NaN;
            }
        }
    }

    /// <summary>What the member's term adds to the margin.</summary>
    private double SupervisedOf(double term) => Parameters.Supervised!.Weight * (term - Parameters.Supervised.Reference);

    /// <summary>The margin of a forest term and a total reconstruction error, without a member.</summary>
    private double MarginOf(double forestTerm, double totalError) =>
        (Parameters.ForestWeight * (forestTerm - Parameters.ForestReference)) + (Parameters.ReconstructionWeight * (totalError - _totalReference));

    private static double Total(double[] values)
    {
        double total = 0;
        foreach (double value in values)
        {
            total += value;
        }

        return total;
    }

    private static bool AllFinite(ReadOnlySpan<float> row)
    {
        // x - x is 0 for a finite value, else NaN.
        float sum = 0;
        foreach (float value in row)
        {
            sum += value - value;
        }

        return sum == 0;
    }
}
