using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Writes answers by hand: 10,000 results are the larger part of a batch's bytes, and words like "9.3 × this account's mean" stay readable.
/// A test holds it equal to the records of Contracts.</summary>
internal sealed class AnswerWriter : IDisposable
{
    // Not for HTML: the answer's content type is JSON.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Utf8JsonWriter _json;

    public AnswerWriter(IBufferWriter<byte> output) => _json = new Utf8JsonWriter(output, Options);

    /// <summary>What an outcome is on the wire.</summary>
    public static IngestItem ToItem(TransactionOutcome outcome, long index) => outcome switch
    {
        TransactionOutcome.Scored scored => scored.Result,
        TransactionOutcome.Conflict conflict => new TransactionItemError(index, conflict.TransactionId, conflict.Detail, ItemErrorCodes.Conflict),
        TransactionOutcome.Rejected rejected => new TransactionItemError(index, rejected.TransactionId, rejected.Error.Message, rejected.Error.Code),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}."),
    };

    /// <summary>An <see cref="IngestAnswer"/>.</summary>
    public void WriteAnswer(IReadOnlyList<TransactionOutcome> outcomes, IngestTotals totals, IReadOnlyList<string> ignoredFields, string? leftOut = null)
    {
        _json.WriteStartObject();
        WriteTotals(totals);
        _json.WriteStartArray("results"u8);
        for (int i = 0; i < outcomes.Count; i++)
        {
            Write(ToItem(outcomes[i], i));
        }

        _json.WriteEndArray();
        WriteRemarks(totals, ignoredFields);
        if (leftOut is not null)
        {
            _json.WriteString("left_out"u8, leftOut);
        }

        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>One line of an NDJSON answer, with its newline.</summary>
    public void WriteLine(IngestItem item, IBufferWriter<byte> output)
    {
        Write(item);
        EndLine(output);
    }

    /// <summary>An <see cref="IngestSummary"/>, the last line of an NDJSON answer.</summary>
    public void WriteSummary(IngestTotals totals, IReadOnlyList<string> ignoredFields, BodyProblem? problem, IBufferWriter<byte> output)
    {
        _json.WriteStartObject();
        WriteTotals(totals);
        _json.WriteNumber("replayed"u8, totals.Replayed);
        _json.WriteNumber("rejected"u8, totals.Rejected + totals.Conflicts);
        WriteRemarks(totals, ignoredFields);
        if (problem is not null)
        {
            _json.WriteString("error"u8, problem.Detail);
            _json.WriteString("code"u8, problem.Code);
        }

        _json.WriteEndObject();
        EndLine(output);
    }

    public void Dispose() => _json.Dispose();

    private void EndLine(IBufferWriter<byte> output)
    {
        _json.Flush();
        _json.Reset();
        output.Write("\n"u8);
    }

    private void Write(IngestItem item)
    {
        if (item is TransactionResult result)
        {
            WriteResult(result);
            return;
        }

        var error = (TransactionItemError)item;
        _json.WriteStartObject();
        _json.WriteNumber("index"u8, error.Index);
        _json.WriteString("transaction_id"u8, error.TransactionId);
        _json.WriteString("error"u8, error.Error);
        _json.WriteString("code"u8, error.Code);
        _json.WriteEndObject();
    }

    private void WriteResult(TransactionResult result)
    {
        _json.WriteStartObject();
        _json.WriteString("transaction_id"u8, result.TransactionId);
        _json.WriteString("decision"u8, WireNames.Of(result.Decision));
        if (result.AnomalyScore is { } score)
        {
            _json.WriteNumber("anomaly_score"u8, score);
        }
        else
        {
            _json.WriteNull("anomaly_score"u8);
        }

        _json.WriteString("risk_level"u8, WireNames.Of(result.RiskLevel));
        _json.WriteStartArray("risk_factors"u8);
        foreach (string factor in result.RiskFactors)
        {
            _json.WriteStringValue(factor);
        }

        _json.WriteEndArray();
        _json.WriteString("model_version"u8, result.ModelVersion);
        _json.WriteBoolean("stored"u8, result.Stored);
        _json.WriteString("source"u8, result.Source);
        _json.WriteString("trace_id"u8, result.TraceId);
        _json.WriteString("id"u8, result.Id);
        if (result.Regulation is { } regulation)
        {
            _json.WriteString("regulation"u8, regulation);
        }

        _json.WriteEndObject();
    }

    private void WriteTotals(IngestTotals totals)
    {
        _json.WriteNumber("ingested"u8, totals.Ingested);
        _json.WriteNumber("flagged"u8, totals.Flagged);
        _json.WriteNumber("total_amount"u8, totals.Amount);
    }

    private void WriteRemarks(IngestTotals totals, IReadOnlyList<string> ignoredFields)
    {
        if (totals.ByCurrency is { } sums)
        {
            _json.WriteStartObject("totals_by_currency"u8);
            foreach ((string currency, decimal sum) in sums)
            {
                _json.WriteNumber(currency, sum);
            }

            _json.WriteEndObject();
        }

        if (ignoredFields.Count > 0)
        {
            _json.WriteStartArray("ignored_fields"u8);
            foreach (string name in ignoredFields)
            {
                _json.WriteStringValue(name);
            }

            _json.WriteEndArray();
        }
    }
}

/// <summary>Names of the enums on the wire, without reflection.</summary>
internal static class WireNames
{
    public static ReadOnlySpan<byte> Of(Decision decision) => decision switch
    {
        Decision.Approve => "approve"u8,
        Decision.Review => "manual_review"u8,
        _ => "block"u8,
    };

    public static ReadOnlySpan<byte> Of(RiskLevel level) => level switch
    {
        RiskLevel.Low => "low"u8,
        RiskLevel.Medium => "medium"u8,
        _ => "high"u8,
    };
}
