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

    public static string Write(DriftWindowFigures window, DriftJudgement? judgement)
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
        writer.Property("blocked"u8, window.Blocked);
        writer.Property("compared_with"u8, window.ComparedWith);
        writer.Name("features"u8);
        writer.BeginArray();
        foreach (FeatureVerdict verdict in judgement is null ? [] : judgement.Features.Features.Concat(judgement.Outputs.Features))
        {
            Verdict(writer, verdict);
        }

        writer.EndArray();
        writer.Name("left_out"u8);
        writer.BeginArray();
        foreach (string name in window.LeftOut)
        {
            writer.Value(name);
        }

        writer.EndArray();
        writer.Property("review"u8, window.Review);
        writer.Property("samples"u8, window.Samples);
        writer.Property("unscored"u8, window.Unscored);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return Encoding.UTF8.GetString(writer.Written);
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

    /// <summary>Machines differ in the last bits; a report does not.</summary>
    private static double Rounded(double value) => double.IsFinite(value) ? Math.Round(value, Digits, MidpointRounding.ToEven) : 0;
}
