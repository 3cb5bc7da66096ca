using System.Globalization;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;
using Spectre.Console;

namespace FinObs.Retraining.Scoring;

/// <summary>What to score.</summary>
internal sealed record ScoreRequest(string Artifact, string Data, string Out, string? Rates);

/// <summary>Scores a file row by row, as it would have been live.</summary>
internal sealed class ScoreRun : IDisposable
{
    private const int RowsPerReport = 5_000;
    private readonly IScoringModel _model;
    private readonly FeatureExtractor _extractor;
    private readonly float[] _row;
    private readonly StreamWriter _out;
    private int _review;
    private int _block;

    private ScoreRun(IScoringModel model, string path)
    {
        _model = model;
        _extractor = new FeatureExtractor(model.Manifest.Features);
        _row = new float[_extractor.Count];
        _out = new StreamWriter(path) { NewLine = "\n" };
    }

    public static void Run(ScoreRequest request, ProgressContext progress, CancellationToken cancellationToken)
    {
        using IScoringModel model = ModelArtifact.Load(request.Artifact);
        TransactionTable table = TransactionFile.Load(request.Data, progress, cancellationToken).Table;
        using var run = new ScoreRun(model, request.Out);
        ProgressTask task = progress.AddTask("scoring", maxValue: table.Count);
        run.Score(table, CommonOptions.RatesOf(request.Rates), task, cancellationToken);
        task.Value = table.Count;
        Console.Out.WriteLine($"{request.Out}: {table.Count:N0} scored, {run._review:N0} to review, {run._block:N0} blocked");
    }

    public void Dispose() => _out.Dispose();

    private void Score(TransactionTable table, ExchangeRates rates, ProgressTask task, CancellationToken cancellationToken)
    {
        _out.WriteLine("transaction_id,margin,score,decision,reasons");
        FeatureReplay.Walk(table, table.Count, _model.Manifest.Features.ProfileSettings(), rates, (int index, in TransactionFacts facts, AccountProfile before) =>
        {
            if (index % RowsPerReport == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                task.Value = index;
            }

            Write(table.IdAt(index), in facts, before);
        });
    }

    private void Write(string id, in TransactionFacts facts, AccountProfile before)
    {
        double margin = 0, score = 0;
        _extractor.Extract(in facts, before, _row);
        _model.Score(_row, new Span<double>(ref margin), new Span<double>(ref score));
        string decision = Decide(score);
        string reasons = decision == "approve" ? string.Empty : string.Join("; ", Reasons(in facts, before).Select(reason => reason.Text));
        _out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Quoted(id)},{margin:R},{score:0.000000},{decision},{Quoted(reasons)}"));
    }

    /// <summary>A score that is not a number is no reason to approve.</summary>
    private string Decide(double score)
    {
        DecisionThresholds thresholds = _model.Manifest.Thresholds;
        if (score >= thresholds.BlockAt)
        {
            _block++;
            return "block";
        }

        if (score < thresholds.ReviewAt)
        {
            return "approve";
        }

        _review++;
        return "manual_review";
    }

    private IReadOnlyList<ReasonCode> Reasons(in TransactionFacts facts, AccountProfile before)
    {
        var baseline = AccountBaseline.From(in facts, before);
        return ReasonCodes.Describe(_model.Explain(_row), _model.Manifest.Features, _row, in facts, in baseline);
    }

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
