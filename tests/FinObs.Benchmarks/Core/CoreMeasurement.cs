namespace FinObs.Benchmarks.Core;

/// <summary>One line of the table of performance: ours over repeated runs, and what another measured on the same data in the same run.</summary>
/// <param name="Measure">What was timed.</param>
/// <param name="Target">What we want of it.</param>
/// <param name="MedianMilliseconds">Ours, the median.</param>
/// <param name="LowestMilliseconds">Ours, the fastest run.</param>
/// <param name="HighestMilliseconds">Ours, the slowest run.</param>
/// <param name="OtherMilliseconds">The other's median; <see langword="null"/> where there is none.</param>
/// <param name="Other">Who the other is; <see langword="null"/> where nobody is.</param>
internal sealed record CoreMeasurement(
    string Measure,
    string Target,
    double MedianMilliseconds,
    double LowestMilliseconds,
    double HighestMilliseconds,
    double? OtherMilliseconds = null,
    string? Other = null);
