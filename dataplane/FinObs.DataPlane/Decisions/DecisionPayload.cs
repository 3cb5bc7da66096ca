using System.Security.Cryptography;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Decisions;

/// <summary>
/// What the audit leaf of a decision commits to: the transaction, the decision and everything it was made from, in canonical JSON. Built from
/// the rows, so that the same bytes can be built again from the live rows: whoever changes a row is found out.
/// </summary>
internal static class DecisionPayload
{
    public const string Kind = AuditTables.DecisionKind;

    public static byte[] Write(CanonicalJsonWriter writer, TransactionRow transaction, DecisionRow decision, EngineIdentity? engine)
    {
        writer.Reset();
        writer.BeginObject();
        writer.Name("decision"u8);
        WriteDecision(writer, decision, engine);
        writer.Name("kind"u8);
        writer.Value(Kind);
        writer.Name("transaction"u8);
        WriteTransaction(writer, transaction);
        writer.Name("v"u8);
        writer.Value(1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    private static void WriteDecision(CanonicalJsonWriter writer, DecisionRow decision, EngineIdentity? engine)
    {
        writer.BeginObject();
        Field(writer, "at"u8, decision.DecidedAt);
        Field(writer, "baseline"u8, Hex(decision.Baseline));
        Field(writer, "decision"u8, decision.Decision.OnTheWire());
        Field(writer, "engine"u8, engine?.Fingerprint);

        // The explanation can be made again from features and model; its hash shows that this is the one that was given.
        Field(writer, "explanation_sha256"u8, decision.Explanation is null ? null : Convert.ToHexStringLower(SHA256.HashData(decision.Explanation)));
        Field(writer, "features"u8, Hex(decision.Features));
        Field(writer, "id"u8, decision.Id.ToString());
        Number(writer, "margin"u8, decision.Margin);
        Field(writer, "model"u8, engine?.ModelVersion);
        Field(writer, "model_digest"u8, engine?.Digest);
        Field(writer, "reasons"u8, System.Text.Encoding.UTF8.GetString(decision.Reasons));
        if (decision.Rules is not null)
        {
            Field(writer, "rules"u8, Hex(decision.Rules));
        }

        Number(writer, "score"u8, decision.Score);
        Field(writer, "trace"u8, decision.TraceId);
        writer.EndObject();
    }

    private static void WriteTransaction(CanonicalJsonWriter writer, TransactionRow transaction)
    {
        writer.BeginObject();
        Field(writer, "account"u8, transaction.AccountId);
        writer.Name("amount"u8);
        writer.Value(transaction.Amount);
        Field(writer, "counterparty"u8, transaction.CounterpartyId);
        Field(writer, "currency"u8, transaction.Currency);
        Field(writer, "direction"u8, transaction.IsCredit ? "credit" : "debit");
        Field(writer, "id"u8, transaction.Id.ToString());
        Field(writer, "label"u8, transaction.Label switch { true => "fraud", false => "legitimate", null => null });
        Field(writer, "meta"u8, transaction.Meta is null ? null : System.Text.Encoding.UTF8.GetString(transaction.Meta));
        Field(writer, "namespace"u8, transaction.Namespace);
        Field(writer, "occurred_at"u8, transaction.OccurredAt);
        Field(writer, "received_at"u8, transaction.ReceivedAt);
        Field(writer, "source"u8, transaction.Source);
        Field(writer, "transaction_id"u8, transaction.TransactionId);
        Field(writer, "type"u8, transaction.Type);
        writer.EndObject();
    }

    private static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(bytes);

    private static void Field(CanonicalJsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        writer.Name(name);
        writer.Value(value);
    }

    private static void Field(CanonicalJsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset value)
    {
        writer.Name(name);
        writer.Value(value);
    }

    private static void Number(CanonicalJsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        writer.Name(name);
        if (value is { } number)
        {
            writer.Value(number);
        }
        else
        {
            writer.Null();
        }
    }
}
