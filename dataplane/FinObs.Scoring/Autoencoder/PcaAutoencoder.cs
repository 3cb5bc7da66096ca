using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FinObs.Scoring.Autoencoder;

/// <summary>A linear autoencoder: standardise a row, encode it as k principal components, decode, and look at what was lost per feature. Thread-safe.</summary>
/// <remarks>
/// Encoder and decoder are one F × F residual operator R, symmetric, so that <c>residual = ((x - mean) · scale) R</c>. With the principal directions V:
/// R = V diag(g) Vᵀ, g = 0 for the components kept, and for the others 1, or 1/√λ where whitened (then Σ residual² is the Mahalanobis distance within what the encoder drops).
/// Parameters are the float32 values of the ONNX file; arithmetic is in double, each output's sum in feature order. Vector lanes hold different outputs
/// and multiply and add are separate instructions, so the bits do not depend on the width of the machine's vectors, nor on the batch.
/// </remarks>
public sealed class PcaAutoencoder
{
    /// <summary>Most features an autoencoder of ours may have.</summary>
    public const int MostFeatures = 256;

    private static readonly int Width = Vector512<double>.Count;
    private readonly double[] _mean;
    private readonly double[] _scale;
    private readonly double[] _residual;
    private readonly int _padded;

    /// <summary>Takes the parameters as the artifact holds them.</summary>
    /// <param name="mean">F means.</param>
    /// <param name="scale">F factors, 1 / standard deviation.</param>
    /// <param name="residual">F × F residual operator R, row-major; row = input feature.</param>
    /// <param name="function">What a residual counts for.</param>
    /// <param name="huberDelta">δ of <see cref="ErrorFunction.Huber"/>; unread otherwise.</param>
    public PcaAutoencoder(float[] mean, float[] scale, float[] residual, ErrorFunction function, double huberDelta)
    {
        int features = mean.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(features, MostFeatures);
        ArgumentOutOfRangeException.ThrowIfNotEqual(scale.Length, features);
        ArgumentOutOfRangeException.ThrowIfNotEqual(residual.Length, features * features);
        Mean = mean;
        Scale = scale;
        Residual = residual;
        Function = function;
        HuberDelta = huberDelta;
        _padded = (features + Width - 1) / Width * Width;
        _mean = Array.ConvertAll(mean, value => (double)value);
        _scale = Array.ConvertAll(scale, value => (double)value);
        _residual = new double[features * _padded];
        for (int i = 0; i < residual.Length; i++)
        {
            _residual[(i / features * _padded) + (i % features)] = residual[i];
        }
    }

    /// <summary>F means.</summary>
    public float[] Mean { get; }

    /// <summary>F factors, 1 / standard deviation.</summary>
    public float[] Scale { get; }

    /// <summary>F × F residual operator, row-major.</summary>
    public float[] Residual { get; }

    /// <summary>What a residual counts for.</summary>
    public ErrorFunction Function { get; }

    /// <summary>δ of <see cref="ErrorFunction.Huber"/>.</summary>
    public double HuberDelta { get; }

    /// <summary>F.</summary>
    public int FeatureCount => Mean.Length;

    /// <summary>The reconstruction error of each feature of one row.</summary>
    /// <param name="row">F features; a value that is not finite makes errors that are not finite.</param>
    /// <param name="errors">F errors.</param>
    [SkipLocalsInit]
    public void Errors(ReadOnlySpan<float> row, Span<double> errors)
    {
        Span<double> residual = stackalloc double[_padded];
        if (_padded <= 2 * Width)
        {
            Residual16(row, residual);
        }
        else
        {
            ResidualOfMany(row, residual);
        }

        for (int j = 0; j < _mean.Length; j++)
        {
            errors[j] = ErrorOf(residual[j]);
        }
    }

    /// <summary>Up to 16 features: the sums stay in two registers.</summary>
    private void Residual16(ReadOnlySpan<float> row, Span<double> residual)
    {
        ReadOnlySpan<double> weights = _residual, mean = _mean, scale = _scale;
        Vector512<double> low = Vector512<double>.Zero, high = low;
        bool two = _padded > Width;
        for (int i = 0; i < mean.Length; i++)
        {
            var z = Vector512.Create((row[i] - mean[i]) * scale[i]);
            low += z * Vector512.Create(weights);
            if (two)
            {
                high += z * Vector512.Create(weights[Width..]);
            }

            weights = weights[_padded..];
        }

        low.CopyTo(residual);
        if (two)
        {
            high.CopyTo(residual[Width..]);
        }
    }

    private void ResidualOfMany(ReadOnlySpan<float> row, Span<double> residual)
    {
        residual.Clear();
        for (int i = 0; i < _mean.Length; i++)
        {
            var z = Vector512.Create((row[i] - _mean[i]) * _scale[i]);
            ReadOnlySpan<double> weights = _residual.AsSpan(i * _padded, _padded);
            for (int j = 0; j < residual.Length; j += Width)
            {
                var sum = Vector512.Create<double>(residual[j..]) + (z * Vector512.Create(weights[j..]));
                sum.CopyTo(residual[j..]);
            }
        }
    }

    /// <summary>Σ over the features, in feature order, of the reconstruction error of one row.</summary>
    [SkipLocalsInit]
    public double TotalError(ReadOnlySpan<float> row)
    {
        Span<double> errors = stackalloc double[FeatureCount];
        Errors(row, errors);
        double total = 0;
        foreach (double error in errors)
        {
            total += error;
        }

        return total;
    }

    private double ErrorOf(double residual)
    {
        double size = Math.Abs(residual);
        switch (Function)
        {
            case ErrorFunction.Absolute:
                return size;
            case ErrorFunction.Huber:
                double inner = Math.Min(size, HuberDelta);
                return inner * (size - (0.5 * inner));
            case ErrorFunction.LogSquared:
                return Math.Log(1 + (size * size));
            default:
                return size * size;
        }
    }
}
