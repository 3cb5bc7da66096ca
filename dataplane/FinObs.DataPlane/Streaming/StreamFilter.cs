using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using Microsoft.AspNetCore.Mvc;

namespace FinObs.DataPlane.Streaming;

/// <summary>Which decisions a reader wants, as it stands in the URL.</summary>
internal sealed record StreamQuery(
    string? Namespace,
    [property: FromQuery(Name = "flagged_only")] string? FlaggedOnly,
    string? Decision,
    string? Account,
    string? Model,
    [property: FromQuery(Name = "min_score")] string? MinScore,
    [property: FromQuery(Name = "last_event_id")] string? LastEventId)
{
    /// <summary>The checked filter, or a sentence that says what is wrong and what to send.</summary>
    public (StreamFilter? Filter, string? Problem) Check()
    {
        if (FlaggedOnly is not (null or "true" or "false"))
        {
            return (null, "flagged_only must be true or false.");
        }

        Decision[] decisions = [];
        if (Decision is not null)
        {
            Decision?[] named = [.. Decision.Split(',').Select(DecisionNames.Parse)];
            if (Array.Exists(named, one => one is null))
            {
                return (null, "decision must be approve, manual_review or block, or several of them with commas between.");
            }

            decisions = [.. named.OfType<Decision>()];
        }

        double? least = null;
        if (MinScore is not null)
        {
            if (!double.TryParse(MinScore, NumberStyles.Float, CultureInfo.InvariantCulture, out double score) || !(score is >= 0 and <= 1))
            {
                return (null, "min_score must be a number from 0 to 1.");
            }

            least = score;
        }

        return (new StreamFilter(FlaggedOnly == "true", decisions, Account, Model, least), null);
    }
}

/// <summary>Which decisions a reader wants; whatever is empty or null asks for nothing.</summary>
/// <param name="FlaggedOnly">No approvals.</param>
/// <param name="Decisions">One of these.</param>
/// <param name="Account">The account's id.</param>
/// <param name="Model">A model's name, or name and version.</param>
/// <param name="MinScore">At least this; a decision without a score has none.</param>
internal sealed record StreamFilter(bool FlaggedOnly, IReadOnlyList<Decision> Decisions, string? Account, string? Model, double? MinScore)
{
    public bool Wants(StreamedDecision item) =>
        (!FlaggedOnly || item.Decision != Decision.Approve)
        && (Decisions.Count == 0 || Decisions.Contains(item.Decision))
        && (Account is null || Account == item.Account)
        && (Model is null || IsModel(item.ModelVersion))
        && (MinScore is null || item.Score >= MinScore);

    private bool IsModel(string version) =>
        version.StartsWith(Model!, StringComparison.Ordinal) && (version.Length == Model!.Length || version[Model.Length] == '@');
}
