using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace FinObs.Scoring.Autoencoder;

/// <summary>Fits PCA autoencoders. Sums run in row order in double, so the same rows give the same parameters.</summary>
public static class PcaAutoencoderTrainer
{
    /// <summary>Smallest variance that a whitened direction is divided by, in units of a standardised feature: bounds the gain of directions that hardly vary.</summary>
    public const double SmallestVariance = 1e-3;

    /// <summary>Fits an autoencoder.</summary>
    /// <param name="rows">N × F finite values, row-major.</param>
    /// <param name="count">N, at least 1.</param>
    /// <param name="features">F.</param>
    /// <param name="components">k, 0..F: principal components that the encoder keeps; F (all) reconstructs everything and detects nothing.</param>
    /// <param name="whiten">Weigh each dropped component by 1/√variance, so that a surprise along a quiet direction counts more.</param>
    /// <param name="function">What a residual counts for.</param>
    /// <param name="huberDelta">δ of <see cref="ErrorFunction.Huber"/>.</param>
    public static PcaAutoencoder Train(ReadOnlySpan<float> rows, int count, int features, int components, bool whiten, ErrorFunction function, double huberDelta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, (long)count * features);
        ArgumentOutOfRangeException.ThrowIfNegative(components);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(components, features);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(huberDelta);

        double[] mean = Means(rows, features);
        double[] covariance = Covariance(rows, features, mean);
        double[] scale = Scales(covariance, features);
        Evd<double> directions = Correlation(covariance, scale).Evd(Symmetricity.Symmetric);
        return new PcaAutoencoder(
            Array.ConvertAll(mean, value => (float)value),
            Array.ConvertAll(scale, value => (float)value),
            ResidualOperator(directions, components, whiten),
            function,
            huberDelta);
    }

    private static double[] Means(ReadOnlySpan<float> rows, int features)
    {
        var mean = new double[features];
        for (int i = 0; i < rows.Length; i += features)
        {
            for (int f = 0; f < features; f++)
            {
                mean[f] += rows[i + f];
            }
        }

        int count = rows.Length / features;
        return Array.ConvertAll(mean, sum => sum / count);
    }

    /// <summary>F × F population covariance, two-pass.</summary>
    private static double[] Covariance(ReadOnlySpan<float> rows, int features, double[] mean)
    {
        var covariance = new double[features * features];
        var centred = new double[features];
        for (int i = 0; i < rows.Length; i += features)
        {
            for (int f = 0; f < features; f++)
            {
                centred[f] = rows[i + f] - mean[f];
            }

            for (int a = 0; a < features; a++)
            {
                Span<double> line = covariance.AsSpan(a * features, features);
                for (int b = a; b < line.Length; b++)
                {
                    line[b] += centred[a] * centred[b];
                }
            }
        }

        int count = rows.Length / features;
        return Array.ConvertAll(covariance, sum => sum / count);
    }

    /// <summary>1 / standard deviation; 1 for a feature that never varied, so that a later change of it is still an error.</summary>
    private static double[] Scales(double[] covariance, int features)
    {
        var scale = new double[features];
        for (int f = 0; f < features; f++)
        {
            double deviation = Math.Sqrt(covariance[(f * features) + f]);
            scale[f] = deviation > 1e-12 ? 1 / deviation : 1;
        }

        return scale;
    }

    private static Matrix<double> Correlation(double[] covariance, double[] scale) =>
        Matrix<double>.Build.Dense(
            scale.Length,
            scale.Length,
            (a, b) => covariance[(Math.Min(a, b) * scale.Length) + Math.Max(a, b)] * scale[a] * scale[b]);

    /// <summary>R = V diag(g) Vᵀ. It does not depend on the signs of the eigenvectors, which a decomposition may choose freely.</summary>
    private static float[] ResidualOperator(Evd<double> directions, int components, bool whiten)
    {
        int features = directions.EigenVectors.RowCount;
        var gain = new double[features];
        for (int d = 0; d < features - components; d++)
        {
            // Eigenvalues come in ascending order: the first ones are what the encoder drops.
            double variance = Math.Max(directions.EigenValues[d].Real, SmallestVariance);
            gain[d] = whiten ? 1 / Math.Sqrt(variance) : 1;
        }

        var residual = new float[features * features];
        for (int a = 0; a < features; a++)
        {
            for (int b = 0; b < features; b++)
            {
                double sum = 0;
                for (int d = 0; d < features; d++)
                {
                    sum += directions.EigenVectors[a, d] * gain[d] * directions.EigenVectors[b, d];
                }

                residual[(a * features) + b] = (float)sum;
            }
        }

        return residual;
    }
}
