namespace FinObs.DataPlane.Ingestion;

/// <summary>What became of a file.</summary>
internal sealed class ImportSummary
{
    private const int FirstLines = 3;

    // Fewer say nothing of a rate; the bounds are a fifth and five times the one per cent of the default thresholds.
    private const long EnoughForARate = 1_000;
    private const double LowestUsualRate = 0.002;
    private const double HighestUsualRate = 0.05;

    private readonly SortedDictionary<string, RejectReason> _reasons = new(StringComparer.Ordinal);

    public IngestTotals Totals { get; } = new();

    /// <summary>Lines of the file, without its header.</summary>
    public long Rows { get; private set; }

    /// <summary>Lines that are not stored.</summary>
    public long Rejects { get; private set; }

    /// <summary>Why the file was not read to its end; <see langword="null"/> where it was.</summary>
    public string? StoppedBecause { get; set; }

    /// <summary>Rejects by reason, the most frequent first.</summary>
    public IEnumerable<RejectReason> Reasons => _reasons.Values.OrderByDescending(r => r.Count);

    /// <summary>A line was read.</summary>
    public void AddRow() => Rows++;

    /// <summary>A line is not stored.</summary>
    public void AddReject(long line, string code, string message)
    {
        Rejects++;
        if (!_reasons.TryGetValue(code + message, out RejectReason? reason))
        {
            _reasons.Add(code + message, reason = new RejectReason(code, message));
        }

        reason.Add(line, FirstLines);
    }

    /// <summary>The summary for people.</summary>
    public void WriteTo(TextWriter output)
    {
        output.WriteLine($"{Rows:N0} rows: {Totals.Ingested - Totals.Replayed:N0} stored, {Totals.Replayed:N0} stored already, {Rejects:N0} rejected.");
        output.WriteLine($"{Totals.Flagged:N0} flagged for review or blocked.");
        if (Hint() is { } hint)
        {
            output.WriteLine(hint);
        }

        foreach (RejectReason reason in Reasons)
        {
            string lines = string.Join(", ", reason.Lines) + (reason.Count > reason.Lines.Count ? ", …" : "");
            output.WriteLine($"  {reason.Count:N0} × {reason.Code}: {reason.Message} (line {lines})");
        }

        if (StoppedBecause is not null)
        {
            output.WriteLine($"Stopped before the end: {StoppedBecause} Run the same command again: what is stored is not stored twice.");
        }
    }

    private string? Hint() =>
        Totals.Unscored > 0 ? $"{Totals.Unscored:N0} were scored by no model and wait for a person: the log says why."
        : Totals.Ingested >= EnoughForARate && Totals.Flagged / (double)Totals.Ingested is < LowestUsualRate or > HighestUsualRate
            ? "The default thresholds flag about 1 % of what a model was trained on: this file is unlike that. Train a model on such data (docs/ingestion.md, Files)."
            : null;

    /// <summary>One way in which lines are no good.</summary>
    internal sealed class RejectReason(string code, string message)
    {
        private readonly List<long> _lines = [];

        public string Code { get; } = code;

        public string Message { get; } = message;

        public long Count { get; private set; }

        /// <summary>Where it happened first.</summary>
        public IReadOnlyList<long> Lines => _lines;

        public void Add(long line, int maxLines)
        {
            Count++;
            if (_lines.Count < maxLines) _lines.Add(line);
        }
    }
}
