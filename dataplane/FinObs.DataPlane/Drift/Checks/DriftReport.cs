using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.Scoring.Drift;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>What a check looked at and found, in canonical JSON: the same figures give the same bytes, and the digest in the audit log commits to them.</summary>
internal static class DriftReport
{
    private const int Digits = 6;

    public static string DigestOf(string report) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(report)))}";

    public static string Write(DriftWindowFigures window, DriftJudgement? judgement, ExactReport? exact = null)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        if (judgement is not null)
        {
            writer.Property("alert_baseline"u8, Rounded(judgement.AlertBaseline));
            writer.Property("alert_drifts"u8, judgement.AlertDrifts);
        }

        writer.Property("alert_rate"u8, Rounded(window.AlertRate));
        writer.Property("approved"u8, window.Approved);
        Attributions(writer, judgement?.Attribution?.Shares ?? []);
        writer.Property("blocked"u8, window.Blocked);
        Names(writer, "breached_by"u8, judgement?.BreachedBy ?? []);
        writer.Property("compared_with"u8, window.ComparedWith);
        if (exact is not null)
        {
            Exact(writer, exact);
        }

        writer.Name("features"u8);
        writer.BeginArray();
        foreach (FeatureVerdict verdict in judgement?.All ?? [])
        {
            Verdict(writer, verdict);
        }

        writer.EndArray();
        Names(writer, "left_out"u8, window.LeftOut);
        if (judgement?.Performance is { } performance)
        {
            Performance(writer, performance);
        }

        writer.Property("review"u8, window.Review);
        writer.Property("samples"u8, window.Samples);
        writer.Property("unscored"u8, window.Unscored);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return Encoding.UTF8.GetString(writer.Written);
    }

    private static void Names(CanonicalJsonWriter writer, ReadOnlySpan<byte> of, IReadOnlyList<string> names)
    {
        writer.Name(of);
        writer.BeginArray();
        foreach (string name in names)
        {
            writer.Value(name);
        }

        writer.EndArray();
    }

    private static void Attributions(CanonicalJsonWriter writer, IReadOnlyList<AttributionShare> shares)
    {
        writer.Name("attributions"u8);
        writer.BeginArray();
        foreach (AttributionShare share in shares)
        {
            writer.BeginObject();
            writer.Property("name"u8, share.Name);
            Number(writer, "reference"u8, share.Reference);
            Number(writer, "share"u8, share.Share);
            writer.EndObject();
        }

        writer.EndArray();
    }

    private static void Exact(CanonicalJsonWriter writer, ExactReport exact)
    {
        writer.Name("exact"u8);
        writer.BeginObject();
        writer.Name("features"u8);
        writer.BeginArray();
        foreach (ExactDrift feature in exact.Features)
        {
            writer.BeginObject();
            writer.Property("categorical"u8, feature.Categorical);
            writer.Property("exact_p"u8, feature.ExactPValue);
            writer.Property("missing"u8, feature.Missing);
            writer.Property("name"u8, feature.Name);
            Significant(writer, "p_value"u8, feature.PValue);
            Significant(writer, "psi"u8, feature.PopulationStability);
            writer.Property("rows"u8, feature.Rows);
            Significant(writer, "statistic"u8, feature.Statistic);
            writer.EndObject();
        }

        writer.EndArray();
        writer.Property("reference_rows"u8, exact.ReferenceRows);
        writer.Property("rows"u8, exact.Rows);
        writer.EndObject();
    }

    private static void Performance(CanonicalJsonWriter writer, PerformanceDrift performance)
    {
        writer.Name("performance"u8);
        writer.BeginObject();
        Number(writer, "before"u8, performance.Before?.Value ?? double.NaN);
        writer.Property("from"u8, performance.Now.From);
        writer.Property("hits"u8, performance.Now.Hits);
        writer.Property("labelled"u8, performance.Now.Labelled);
        Number(writer, "limit"u8, performance.Verdict.Threshold);
        writer.Property("metric"u8, performance.Metric.ToString());
        writer.Property("of"u8, performance.Now.Of);
        Number(writer, "p_value"u8, performance.Verdict.Drift.PValue);
        writer.Property("to"u8, performance.Now.To);
        Number(writer, "value"u8, performance.Now.Value);
        writer.EndObject();
    }

    private static void Verdict(CanonicalJsonWriter writer, FeatureVerdict verdict)
    {
        FeatureDrift drift = verdict.Drift;
        writer.BeginObject();
        writer.Property("categorical"u8, drift.Categorical);
        writer.Property("drifts"u8, verdict.Drifts);
        Number(writer, "expected_psi"u8, drift.ExpectedPopulationStability);
        Number(writer, "jensen_shannon"u8, drift.JensenShannon);
        Number(writer, "ks_high"u8, drift.KolmogorovSmirnov.High);
        Number(writer, "ks_low"u8, drift.KolmogorovSmirnov.Low);
        Number(writer, "missing_rate"u8, drift.MissingRate);
        writer.Property("name"u8, drift.Name);
        Number(writer, "p_value"u8, drift.PValue);
        Number(writer, "psi"u8, drift.PopulationStability);
        Number(writer, "q_value"u8, verdict.QValue);
        writer.Property("rows"u8, drift.Rows);
        writer.Property("test"u8, verdict.Test);
        Number(writer, "threshold"u8, verdict.Threshold);
        Number(writer, "unseen_rate"u8, drift.UnseenRate);
        Number(writer, "value"u8, verdict.Value);
        writer.Property("warns"u8, verdict.Warns);
        Number(writer, "wasserstein"u8, drift.Wasserstein);
        writer.EndObject();
    }

    private static void Number(CanonicalJsonWriter writer, ReadOnlySpan<byte> name, double value)
    {
        writer.Name(name);
        if (double.IsFinite(value))
        {
            writer.Value(Rounded(value));
        }
        else
        {
            writer.Null();
        }
    }

    /// <summary>To nine significant digits: a p-value of 1e-50 is not 0.</summary>
    private static void Significant(CanonicalJsonWriter writer, ReadOnlySpan<byte> name, double value)
    {
        writer.Name(name);
        if (double.IsFinite(value))
        {
            writer.Value(double.Parse(value.ToString("E8", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        }
        else
        {
            writer.Null();
        }
    }

    /// <summary>Machines differ in the last bits; a report does not.</summary>
    private static double Rounded(double value) => double.IsFinite(value) ? Math.Round(value, Digits, MidpointRounding.ToEven) : 0;
}
