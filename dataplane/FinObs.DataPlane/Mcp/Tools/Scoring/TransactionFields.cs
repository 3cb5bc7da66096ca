using System.Buffers;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary>Transactions as arguments, read by the reader of every other door.</summary>
internal static class TransactionFields
{
    /// <summary>Items of one call.</summary>
    public const int Most = 10_000;

    private const double LargestAmount = 1_000_000_000;
    private const string Type = "transaction_type";
    private const string List = "transactions";

    /// <summary>What a transaction is taken to be of which nothing else is said, where it is only asked about; a record never states what nobody said.</summary>
    private const string AskedType = "wire_transfer";

    private static readonly ToolField Amount = ToolField.Number("amount", "Amount in the transaction's currency, above 0.", 0, LargestAmount).Required();

    /// <summary>Of a transaction that is only asked about.</summary>
    public static readonly ToolField[] Asked = [Amount, TypeOf(AskedType), .. Others];

    /// <summary>Of one that is stored.</summary>
    private static readonly ToolField[] Sent = [Amount, TypeOf(null), .. Others];

    private static ToolField[] Others =>
    [
        ToolField.Text("timestamp", "When it happened: ISO 8601 with a zone, or Unix seconds. Left out: now.", 40, examples: ["2026-01-31T14:05:00Z"]),
        ToolField.Text("transaction_id", "The sender's own id."),
        ToolField.Text("account", "Whose account. With it the account's own history counts."),
        ToolField.Text("counterparty", "The other side."),
        ToolField.Text("currency", "ISO 4217 code.", 3, "^[A-Za-z]{3}$", "USD"),
        ToolField.OneOf("direction", "debit: money leaves the account; credit: it comes in.", ["debit", "credit"], "debit"),
        ToolField.Object("meta", "Further fields of your own, as the rules and the model may read them."),
    ];

    public static ToolField AskedList(string description) => ToolField.List(List, description, ToolInput.SchemaOf(Asked), Most).Required();

    public static ToolField SentList(string description) => ToolField.List(List, description, ToolInput.SchemaOf(Sent), Most).Required();

    /// <summary>The transaction that the call's own arguments are.</summary>
    public static TransactionItem One(ToolCall call, DateTimeOffset now)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            writer.WriteStartObject();
            foreach (ToolField field in Asked)
            {
                if (call.Given(field.Name) is { } value)
                {
                    writer.WritePropertyName(field.Name);
                    value.WriteTo(writer);
                }
                else if (field.Name == Type)
                {
                    writer.WriteString(Type, AskedType);
                }
            }

            writer.WriteEndObject();
        }

        return Parse(bytes.WrittenSpan, now)[0];
    }

    /// <summary>The transactions of the call's list, only to be asked about.</summary>
    public static IReadOnlyList<TransactionItem> AskedOf(ToolCall call, DateTimeOffset now)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter writer = new(bytes))
        {
            writer.WriteStartArray();
            foreach (JsonElement item in call.Given(List)!.Value.EnumerateArray())
            {
                WriteWithType(writer, item);
            }

            writer.WriteEndArray();
        }

        return Parse(bytes.WrittenSpan, now);
    }

    /// <summary>The transactions of the call's list, to be stored.</summary>
    public static IReadOnlyList<TransactionItem> SentOf(ToolCall call, DateTimeOffset now) => Parse(Encoding.UTF8.GetBytes(call.Given(List)!.Value.GetRawText()), now);

    private static void WriteWithType(Utf8JsonWriter writer, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || item.TryGetProperty(Type, out _) || item.TryGetProperty("type", out _))
        {
            item.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString(Type, AskedType);
        foreach (JsonProperty property in item.EnumerateObject()) property.WriteTo(writer);
        writer.WriteEndObject();
    }

    /// <summary>A field that nothing reads is an error: a model should hear that it misspelt one.</summary>
    private static IReadOnlyList<TransactionItem> Parse(ReadOnlySpan<byte> json, DateTimeOffset now) =>
        TransactionBody.Parse(json, Most, strict: true, new TransactionRequestContext(now, IdempotencyKey: null, 0)) switch
        {
            TransactionBody.Read read => read.Items,
            TransactionBody.Refused refused => [new TransactionItem.Invalid(null, new ItemError(refused.Problem.Code, refused.Problem.Detail))],
            _ => throw new InvalidOperationException("A body that is not known."),
        };

    private static ToolField TypeOf(string? defaultType) => ToolField.Text(
        Type, "What kind of transaction: wire_transfer, ach, card, trade, internal, crypto, or a word of your own.", 40, "^[A-Za-z0-9_ -]+$", defaultType, "wire_transfer", "ach", "card");
}
