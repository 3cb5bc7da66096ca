using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Telemetry;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Transactions;

/// <summary>
/// What was decided, by what, and how long it took. No tag holds anything of a transaction: series are as many as namespaces times model versions times a handful, however many ids go through.
/// </summary>
internal static class TransactionMetrics
{
    public const string ReceivedName = "finobs.transactions.received";
    public const string ChunkDurationName = "finobs.transactions.chunk.duration";
    public const string StepDurationName = "finobs.transactions.step.duration";
    public const string DecisionsName = "finobs.decisions.made";
    public const string ScoreName = "finobs.decisions.score";
    public const string ExplanationsName = "finobs.explanations.made";

    /// <summary>Instead of a version, where none could score: such decisions go to review.</summary>
    public const string NoModel = "none";

    private static readonly Counter<long> Received = FinObsTelemetry.Meter.CreateCounter<long>(ReceivedName, "{transaction}", "Transactions that were answered, by what became of them.");
    private static readonly Histogram<double> ChunkDuration = FinObsTelemetry.Meter.CreateHistogram<double>(ChunkDurationName, "s", "From the look-up of a chunk's ids to its commit; one transaction is a chunk too.");
    private static readonly Histogram<double> StepDuration = FinObsTelemetry.Meter.CreateHistogram<double>(StepDurationName, "s", "One step of a chunk.");
    private static readonly Counter<long> Decisions = FinObsTelemetry.Meter.CreateCounter<long>(DecisionsName, "{decision}", "Decisions that were committed, by outcome and the model version that scored.");
    private static readonly Histogram<double> Score = FinObsTelemetry.Meter.CreateHistogram<double>(ScoreName, HistogramBuckets.ScoreUnit, "Scores of record.");
    private static readonly Counter<long> Explanations = FinObsTelemetry.Meter.CreateCounter<long>(ExplanationsName, "{explanation}", "Explanations of flagged transactions, by how they were made.");

    /// <summary>What alerts look at is there from the start: a counter that begins with its first fault cannot be seen to have grown.</summary>
    static TransactionMetrics() => Explanations.Add(0, MethodTag(ExplanationMethod.Failed));

    /// <summary>A step has ended, well or not.</summary>
    public static void StepTaken(string step, TimeSpan took) => StepDuration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("finobs.step", step));

    /// <summary>What a commit made so. Counted once for all decisions of a kind: a batch holds thousands.</summary>
    public static void Committed(DecidedChunk chunk, TimeSpan took)
    {
        ChunkDuration.Record(took.TotalSeconds);
        Dictionary<(string Version, Decision Decision), long> made = [];
        Dictionary<ExplanationMethod, long> explained = [];
        EngineIdentity? last = null;
        string version = NoModel;
        for (int i = 0; i < chunk.Decided.Length; i++)
        {
            EngineIdentity? engine = chunk.Engine(i);
            if (!ReferenceEquals(engine, last))
            {
                (last, version) = (engine, engine?.ModelVersion ?? NoModel); // its name is put together: once for all that it scored
            }

            if (chunk.Scored.Usable(i))
            {
                Score.Record(chunk.Scored.Scores[i], new KeyValuePair<string, object?>("finobs.model_version", version));
            }

            Count(made, (version, chunk.Decided[i].Decision));
            if (chunk.Decided[i].Explanation is { } explanation)
            {
                Count(explained, explanation.Method);
            }
        }

        foreach (((string by, Decision decision), long count) in made)
        {
            Decisions.Add(count, new TagList { { "finobs.namespace", chunk.Namespace }, { "finobs.decision", decision.OnTheWire() }, { "finobs.model_version", by } });
        }

        foreach ((ExplanationMethod method, long count) in explained)
        {
            Explanations.Add(count, MethodTag(method));
        }
    }

    /// <summary>Whatever became of each of them.</summary>
    public static void Answered(string @namespace, IReadOnlyList<TransactionOutcome> outcomes)
    {
        foreach (IGrouping<string, TransactionOutcome> alike in outcomes.GroupBy(NameOf))
        {
            Received.Add(alike.Count(), new TagList { { "finobs.namespace", @namespace }, { "finobs.outcome", alike.Key } });
        }
    }

    private static KeyValuePair<string, object?> MethodTag(ExplanationMethod method) => new("finobs.method", method.ToString());

    private static string NameOf(TransactionOutcome outcome) => outcome switch
    {
        TransactionOutcome.Scored { Replayed: true } => "Replayed",
        TransactionOutcome.Scored => "Scored",
        TransactionOutcome.Conflict => "Conflict",
        _ => "Rejected",
    };

    private static void Count<T>(Dictionary<T, long> counts, T one)
        where T : notnull => System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, one, out _)++;
}
