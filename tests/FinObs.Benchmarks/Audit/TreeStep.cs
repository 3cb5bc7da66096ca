using System.Globalization;

namespace FinObs.Benchmarks.Audit;

/// <summary>What was measured at one size of the tree.</summary>
internal sealed record TreeStep
{
    public const string Header =
        "| leaves | appended/s | sequenced/s | round p50 ms | inclusion p50 ms | p99 ms | consistency p50 ms | p99 ms | MB | bytes a leaf |\n|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

    public required long Leaves { get; init; }

    /// <summary>Composed and committed with their outbox rows, a second.</summary>
    public required double Appended { get; init; }

    /// <summary>Numbered into the tree, a second.</summary>
    public required double Sequenced { get; init; }

    public required double RoundP50 { get; init; }

    public required double InclusionP50 { get; init; }

    public required double InclusionP99 { get; init; }

    public required double ConsistencyP50 { get; init; }

    public required double ConsistencyP99 { get; init; }

    public required long Bytes { get; init; }

    public string Row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Leaves:N0} | {Appended:N0} | {Sequenced:N0} | {RoundP50:0.0} | {InclusionP50:0.00} | {InclusionP99:0.00} | {ConsistencyP50:0.00} | {ConsistencyP99:0.00} | {Bytes / 1e6:N0} | {Bytes / (double)Leaves:N0} |");

    /// <summary>The last step over the first.</summary>
    public static string Ratios(TreeStep first, TreeStep last) => string.Create(
        CultureInfo.InvariantCulture,
        $"\nLast step over first: leaves ×{(double)last.Leaves / first.Leaves:0.0}, append rate ×{last.Appended / first.Appended:0.00}, sequencing rate ×{last.Sequenced / first.Sequenced:0.00}, inclusion p50 ×{last.InclusionP50 / first.InclusionP50:0.00}, consistency p50 ×{last.ConsistencyP50 / first.ConsistencyP50:0.00}.\n");
}
