using System.Text.Json;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion.Inbound.Forms;

/// <summary>
/// Plaid (plaid.com/docs/api/products/transactions): the answer of <c>/transactions/sync</c>, whose <c>added</c> and <c>modified</c> are transactions, and webhooks, which only say that there is
/// something to fetch. Plaid's amounts are positive where money goes out.
/// </summary>
internal sealed class PlaidForm(bool withPending, int maxItems) : IInboundForm
{
    private static readonly string[] ToFetch = ["SYNC_UPDATES_AVAILABLE", "DEFAULT_UPDATE", "INITIAL_UPDATE", "HISTORICAL_UPDATE"];

    public InboundContent Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (!JsonBody.TryParse(body, out JsonDocument? document, out InboundContent? refused))
        {
            return refused;
        }

        using (document)
        {
            JsonElement root = document.RootElement;
            if (root.Text("webhook_code") is { } code)
            {
                bool fetch = root.Text("webhook_type") == "TRANSACTIONS" && ToFetch.Contains(code);
                return new InboundContent.Items([]) { AsksForPull = fetch, LeftOut = fetch ? null : $"The webhook {code} brings no transactions." };
            }

            JsonElement? added = root.Find("added"), modified = root.Find("modified");
            return added is { ValueKind: JsonValueKind.Array } || modified is { ValueKind: JsonValueKind.Array }
                ? ItemsOf([.. Each(added), .. Each(modified)], now)
                : new InboundContent.Refused(BodyProblem.Invalid("not_plaid", "The body is neither a webhook of Plaid (webhook_type, webhook_code) nor the answer of /transactions/sync (added, modified)."));
        }
    }

    private InboundContent ItemsOf(List<JsonElement> found, DateTimeOffset now)
    {
        if (found.Count > maxItems)
        {
            return new InboundContent.Refused(BodyProblem.TooManyItems(maxItems));
        }

        List<JsonElement> taken = withPending ? found : found.FindAll(one => one.Find("pending")?.ValueKind != JsonValueKind.True);
        return new InboundContent.Items([.. taken.Select((one, index) => RequestOf(one).Check(now, index))])
        {
            LeftOut = taken.Count < found.Count ? $"{found.Count - taken.Count} pending transactions are left out: they come again once they are posted." : null,
        };
    }

    private static TransactionRequest RequestOf(JsonElement one)
    {
        string? amount = one.Number("amount");
        bool comesIn = amount is ['-', ..];
        return new TransactionRequest
        {
            TransactionId = one.Text("transaction_id"),
            Account = one.Text("account_id"),
            Counterparty = one.Text("merchant_entity_id") ?? one.Text("merchant_name") ?? one.Text("name"),
            Type = one.Text("payment_channel")?.Replace(' ', '_'),
            Amount = comesIn ? amount![1..] : amount,
            Currency = one.Text("iso_currency_code") ?? one.Text("unofficial_currency_code"),
            Direction = comesIn ? "credit" : "debit",
            Timestamp = one.Text("datetime") ?? one.Text("authorized_datetime") ?? Midnight(one.Text("authorized_date") ?? one.Text("date")),
            Meta = JsonBody.Meta(("category", one.Find("personal_finance_category")?.Text("primary"))),
        };
    }

    private static JsonElement[] Each(JsonElement? array) => array is { ValueKind: JsonValueKind.Array } values ? [.. values.EnumerateArray()] : [];

    /// <summary>Where only the day is known.</summary>
    private static string? Midnight(string? date) => date is null ? null : date + "T00:00:00Z";
}
