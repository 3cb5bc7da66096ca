using FinObs.DataPlane.Dashboard.Parts;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Whether all is well, in sentences: what a person on duty would say who had read the whole page.</summary>
internal static class OverviewVerdict
{
    /// <summary>Fewer scores than this say nothing about a rate of one in a hundred.</summary>
    private const int FewestScores = 1_000;

    /// <summary>Standard errors beyond which a rate is not chance: one false word in a thousand looks.</summary>
    private const double BeyondChance = 3.1;

    private static readonly string[] Worst = ["bad", "watch", "none", "good"];

    /// <summary>The worst first; never none.</summary>
    public static IEnumerable<VerdictSentence> Of(OverviewModel model, OverviewRange range)
    {
        VerdictSentence[] troubles = [.. new[] { Model(model), AlertRate(model.Tail), Drift(model.Drift), Deliveries(model.Deliveries) }.OfType<VerdictSentence>()];
        string volume = model.Decisions == 0
            ? $"Nothing was decided in the last {range.Text}."
            : $"{Words.Plural(model.Decisions, "decision", "decisions")} in the last {range.Text}, {Words.Count(model.Flagged)} of them flagged ({Words.Percent(model.Flagged / (double)model.Decisions)}).";
        if (troubles.All(trouble => trouble.State is "good" or "none"))
        {
            return [new VerdictSentence(model.Decisions == 0 ? "none" : "good", model.Decisions == 0 ? volume : volume), .. troubles.OrderBy(Rank)];
        }

        return [.. troubles.OrderBy(Rank), new VerdictSentence("none", volume)];
    }

    private static int Rank(VerdictSentence sentence) => Array.IndexOf(Worst, sentence.State);

    private static VerdictSentence? Model(OverviewModel model) =>
        model.Tail.Model is null ? new VerdictSentence("bad", "No usable model decides here: every transaction waits for a person.", "/models") : null;

    /// <summary>The threshold asks for a share; how far the newest scores are from it, and whether chance explains that.</summary>
    private static VerdictSentence? AlertRate(TailModel tail)
    {
        if (tail.Model is null || tail.Scores < FewestScores)
        {
            return null;
        }

        string rates = $"The model flags {Words.Percent(tail.AlertRate)} of the newest {Words.Count(tail.Scores)}; its threshold asks for {Words.Percent(tail.Budget)}";
        double error = Math.Sqrt(tail.Budget * (1 - tail.Budget) / tail.Scores);
        double away = error == 0 ? 0 : (tail.AlertRate - tail.Budget) / error;
        return away > BeyondChance ? new VerdictSentence("watch", $"{rates}: more than chance explains.")
            : away < -BeyondChance ? new VerdictSentence("watch", $"{rates}: fewer than chance explains.")
            : new VerdictSentence("good", $"{rates}, within chance.");
    }

    private static VerdictSentence? Drift(DriftSummary? drift) => drift switch
    {
        null => null,
        { Judged: false } => new VerdictSentence("none", $"Drift was not judged: {Words.Count(drift.Samples)} transactions are too few.", "/drift"),
        { Drifting: true } => new VerdictSentence("bad", $"{drift.Model} drifts: {Words.Plural(drift.Drifted, "quantity has", "quantities have")} moved.", "/drift"),
        { Drifted: > 0 } => new VerdictSentence("watch", $"{Words.Plural(drift.Drifted, "quantity", "quantities")} of {drift.Model} moved in the last check.", "/drift"),
        _ => new VerdictSentence("good", "No feature drifts.", "/drift"),
    };

    private static VerdictSentence? Deliveries(IReadOnlyList<DeliveryLine> lines)
    {
        DeliveryLine[] failing = [.. lines.Where(line => line.State != "good")];
        return failing.Length == 0
            ? null
            : new VerdictSentence(
                failing.Any(line => line.State == "bad") ? "bad" : "watch",
                $"{Words.Plural(failing.Length, "target", "targets")} of {lines.Count} {(failing.Length == 1 ? "does" : "do")} not get its messages as it should.", "/deliveries");
    }
}
