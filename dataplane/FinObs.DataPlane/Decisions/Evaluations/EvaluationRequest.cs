using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Decisions.Evaluations;

/// <summary>What a version said of a transaction, and what would have been right: <c>approve</c>, <c>manual_review</c> or <c>block</c>.</summary>
internal sealed record Prediction(
    [property: JsonPropertyName("transaction_id")] string? TransactionId,
    [property: JsonPropertyName("predicted_action")] string? PredictedAction,
    [property: JsonPropertyName("actual_action")] string? ActualAction);

/// <summary>A batch of predictions of one version.</summary>
internal sealed partial record EvaluationRequest(
    [property: JsonPropertyName("model_version")] string? ModelVersion,
    [property: JsonPropertyName("predictions")] IReadOnlyList<Prediction>? Predictions)
{
    public const int MostPredictions = 10_000;
    private const int LongestId = 256;

    /// <summary>A sentence that says what to send; null where all is well.</summary>
    public string? Problem()
    {
        if (ModelVersion is null || !Name().IsMatch(ModelVersion))
        {
            return "model_version must be 1 to 200 letters, digits or . _ @ + -, such as isolation@1.2.0.";
        }

        if (Predictions is not { Count: >= 1 and <= MostPredictions })
        {
            return $"There must be 1 to {MostPredictions:N0} predictions; send more as several evaluations.";
        }

        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < Predictions.Count; i++)
        {
            if (Predictions[i] is not { TransactionId.Length: >= 1 and <= LongestId, PredictedAction: { } predicted, ActualAction: { } actual }
                || DecisionNames.Parse(predicted) is null || DecisionNames.Parse(actual) is null)
            {
                return $"Prediction {i}: transaction_id must have 1 to {LongestId} characters, predicted_action and actual_action must be approve, manual_review or block.";
            }

            if (!seen.Add(Predictions[i].TransactionId!))
            {
                return $"Prediction {i} is of a transaction that came before: each may be counted once.";
            }
        }

        return null;
    }

    /// <summary>Of a request without a problem.</summary>
    public IEnumerable<(Decision Predicted, Decision Actual)> Pairs() =>
        Predictions!.Select(one => (DecisionNames.Parse(one.PredictedAction!)!.Value, DecisionNames.Parse(one.ActualAction!)!.Value));

    /// <summary>The same for the same predictions in any order: lines <c>id TAB predicted TAB actual LF</c>.</summary>
    public string Digest()
    {
        StringBuilder lines = new();
        foreach ((Prediction one, (Decision predicted, Decision actual)) in Predictions!.Zip(Pairs()).OrderBy(pair => pair.First.TransactionId, StringComparer.Ordinal))
        {
            lines.Append(one.TransactionId).Append('\t').Append(predicted.OnTheWire()).Append('\t').Append(actual.OnTheWire()).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines.ToString())));
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,199}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
