using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Dashboard;

/// <summary>Where pages lead that are not this host's; section <c>Dashboard</c>.</summary>
internal sealed class DashboardOptions : IValidatableObject
{
    public const string Section = "Dashboard";

    /// <summary>What stands for the trace id in <see cref="TraceAddress"/>.</summary>
    public const string TracePlace = "{trace}";

    /// <summary>Where Grafana is, with the dashboards of <c>grafana/dashboards</c>; null = nowhere, and no page links to it.</summary>
    public Uri? GrafanaAddress { get; set; }

    /// <summary>Where a trace is shown, with <c>{trace}</c> where its id goes; null = nowhere.</summary>
    public string? TraceAddress { get; set; }

    /// <summary>A dashboard of ours there.</summary>
    public string? DashboardOf(string uid) => GrafanaAddress is { } at ? new Uri(new Uri(at.ToString().TrimEnd('/') + "/"), $"d/{uid}").ToString() : null;

    /// <summary>A trace there.</summary>
    public string? TraceOf(string traceId) => TraceAddress?.Replace(TracePlace, Uri.EscapeDataString(traceId), StringComparison.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (GrafanaAddress is { } grafana && !IsWeb(grafana))
        {
            yield return new ValidationResult("Dashboard:GrafanaAddress is an http or https address.");
        }

        if (TraceAddress is { } trace && !(trace.Contains(TracePlace, StringComparison.Ordinal) && Uri.TryCreate(trace.Replace(TracePlace, "0", StringComparison.Ordinal), UriKind.Absolute, out Uri? address) && IsWeb(address)))
        {
            yield return new ValidationResult($"Dashboard:TraceAddress is an http or https address with {TracePlace} where the trace id goes.");
        }
    }

    /// <summary>Nothing that a browser would run.</summary>
    private static bool IsWeb(Uri address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" };
}
