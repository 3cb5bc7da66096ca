using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>
/// A message's body: <c>{"type","timestamp","data"}</c> as Standard Webhooks asks, with <c>event</c> beside it, which says the same as <c>type</c> for receivers of the first generation.
/// </summary>
internal static class MessageBody
{
    // A body is JSON and stands in no HTML: names and texts stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonEncodedText[] RiskLevels = [.. Enum.GetValues<RiskLevel>().Select(level => JsonEncodedText.Encode(JsonSerializer.Serialize(level).Trim('"')))];

    public static byte[] Write(CallbackEvent about, Action<Utf8JsonWriter> data)
    {
        ArrayBufferWriter<byte> buffer = new(1024);
        using Utf8JsonWriter writer = new(buffer, Options);
        writer.WriteStartObject();
        writer.WriteString("type"u8, about.Type);
        writer.WriteString("event"u8, about.Type);
        writer.WriteString("timestamp"u8, about.At.UtcDateTime);
        writer.WritePropertyName("data"u8);
        data(writer);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What is told of a decision; <paramref name="facts"/> are redacted already where they have to be.</summary>
    public static void WriteDecision(Utf8JsonWriter writer, DecisionFacts facts, CallbackPayload payload)
    {
        TransactionResult result = facts.Result;
        writer.WriteStartObject();
        writer.WriteString("id"u8, result.Id);
        writer.WriteString("namespace"u8, facts.Namespace);
        writer.WriteString("transaction_id"u8, result.TransactionId);
        if (payload != CallbackPayload.Thin)
        {
            WriteResult(writer, result);
            WriteTransaction(writer, facts);
        }

        writer.WriteEndObject();
    }

    /// <summary>The members of the answer to whoever sent the transaction, by the same names.</summary>
    private static void WriteResult(Utf8JsonWriter writer, TransactionResult result)
    {
        writer.WriteString("decision"u8, result.Decision.OnTheWire());
        if (result.AnomalyScore is { } score)
        {
            writer.WriteNumber("anomaly_score"u8, score);
        }
        else
        {
            writer.WriteNull("anomaly_score"u8);
        }

        writer.WriteString("risk_level"u8, RiskLevels[(int)result.RiskLevel]);
        writer.WriteStartArray("risk_factors"u8);
        foreach (string factor in result.RiskFactors)
        {
            writer.WriteStringValue(factor);
        }

        writer.WriteEndArray();
        if (result.Regulation is { } regulation)
        {
            writer.WriteString("regulation"u8, regulation);
        }

        writer.WriteString("model_version"u8, result.ModelVersion);
        writer.WriteBoolean("stored"u8, result.Stored);
        writer.WriteString("source"u8, result.Source);
        writer.WriteString("trace_id"u8, result.TraceId);
    }

    private static void WriteTransaction(Utf8JsonWriter writer, DecisionFacts facts)
    {
        writer.WriteString("transaction_type"u8, facts.Type);
        writer.WriteNumber("amount"u8, facts.Amount);
        writer.WriteString("currency"u8, facts.Currency);
        writer.WriteString("direction"u8, facts.IsCredit ? "credit"u8 : "debit"u8);
        writer.WriteString("occurred_at"u8, facts.OccurredAt.UtcDateTime);
        if (facts.Account is { } account)
        {
            writer.WriteString("account"u8, account);
        }

        if (facts.Counterparty is { } counterparty)
        {
            writer.WriteString("counterparty"u8, counterparty);
        }

        if (facts.Meta is { } meta)
        {
            writer.WritePropertyName("meta"u8);
            writer.WriteRawValue(meta);
        }
    }
}
