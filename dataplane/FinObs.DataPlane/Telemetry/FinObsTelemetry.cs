using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FinObs.DataPlane.Telemetry;

/// <summary>The one source of spans and the one meter of this host.</summary>
internal static class FinObsTelemetry
{
    public const string Name = "FinObs.DataPlane";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    /// <summary>Starts the span of one step; its name is <c>finobs.&lt;step&gt;</c>.</summary>
    public static Activity? StartStep(string step) => Source.StartActivity(step);
}

/// <summary>Span names, in the order in which one transaction meets them.</summary>
internal static class Steps
{
    public const string Chunk = "finobs.transactions.chunk";
    public const string Idempotency = "finobs.transactions.idempotency";
    public const string Routing = "finobs.models.routing";
    public const string Profiles = "finobs.ledger.profiles";
    public const string Features = "finobs.scoring.features";
    public const string Score = "finobs.scoring.score";
    public const string Explain = "finobs.scoring.explain";
    public const string Decide = "finobs.decisions.decide";
    public const string Seal = "finobs.audit.compose";
    public const string Commit = "finobs.transactions.commit";
    public const string Load = "finobs.scorer.load";
    public const string Infer = "finobs.scorer.infer";
    public const string RemoteCall = "finobs.scoring.remote";
    public const string Deliver = "finobs.callbacks.deliver";
    public const string McpCall = "finobs.mcp.call";
}
