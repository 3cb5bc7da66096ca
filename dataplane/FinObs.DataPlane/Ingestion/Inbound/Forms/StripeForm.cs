using System.Collections.Frozen;
using System.Text.Json;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Ingestion.Inbound.Forms;

/// <summary>
/// Events of Stripe (docs.stripe.com/api/events). A transaction is the object that an event tells of, by the object's own id: all events of one charge are one transaction. Only what does
/// not change in an object's life is taken, so that a later event of the same object is the same transaction.
/// </summary>
internal sealed class StripeForm : IInboundForm
{
    /// <summary>Currencies whose smallest unit Stripe counts otherwise than ISO 4217 has it (docs.stripe.com/currencies, "Zero-decimal currencies" and "Special cases").</summary>
    private static readonly FrozenDictionary<string, int> OwnExponents = new Dictionary<string, int>
    {
        ["MGA"] = 0,
        ["ISK"] = 2,
        ["UGX"] = 2,
    }.ToFrozenDictionary();

    public InboundContent Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (!JsonBody.TryParse(body, out JsonDocument? document, out InboundContent? refused))
        {
            return refused;
        }

        using (document)
        {
            JsonElement happened = document.RootElement;
            if (happened.Text("object") != "event" || happened.Find("data")?.Find("object") is not { ValueKind: JsonValueKind.Object } subject)
            {
                return new InboundContent.Refused(BodyProblem.Invalid("not_an_event", "The body is no event of Stripe: it has no \"object\": \"event\" with data.object."));
            }

            return RequestOf(subject, happened.Text("account")) is { } request
                ? new InboundContent.Items([request.Check(now)])
                : new InboundContent.Items([]) { LeftOut = LeftOut(subject) };
        }
    }

    /// <summary>Null for what moves no money, or is told by an object of its own.</summary>
    private static TransactionRequest? RequestOf(JsonElement subject, string? connected) => subject.Text("object") switch
    {
        "charge" => Charge(subject, connected),

        // Once it has a charge, the charge tells of the money.
        "payment_intent" => subject.Find("latest_charge") is null ? Plain(subject, connected, FirstOf(subject, "payment_method_types") ?? "payment", "debit") : null,
        "refund" => Plain(subject, connected, "refund", "credit"),
        "payout" => Plain(subject, connected, "payout", "debit"),
        "transfer" => Plain(subject, connected, "transfer", "debit"),
        "topup" => Plain(subject, connected, "topup", "credit"),
        _ => null,
    };

    private static TransactionRequest Charge(JsonElement charge, string? connected)
    {
        JsonElement? method = charge.Find("payment_method_details");
        string? kind = method?.Text("type");
        JsonElement? card = kind is null ? null : method?.Find(kind);
        return Plain(charge, connected, kind ?? "card", "debit") with
        {
            Account = IdOf(charge, "customer") ?? card?.Text("fingerprint"),
            Meta = JsonBody.Meta(
                ("livemode", charge.Find("livemode") is { } live ? live.ValueKind == JsonValueKind.True : null),
                ("card_brand", card?.Text("brand")), ("card_country", card?.Text("country")), ("card_funding", card?.Text("funding"))),
        };
    }

    private static TransactionRequest Plain(JsonElement subject, string? connected, string type, string direction)
    {
        string? currency = subject.Text("currency")?.ToUpperInvariant();
        return new TransactionRequest
        {
            TransactionId = subject.Text("id"),
            Account = IdOf(subject, "customer") ?? connected,
            Counterparty = IdOf(subject, "destination") ?? IdOf(subject, "on_behalf_of") ?? connected,
            Type = type,
            Amount = JsonBody.Major(subject.Number("amount"), currency is null ? 2 : OwnExponents.GetValueOrDefault(currency, Currencies.Exponent(currency))),
            Currency = currency,
            Direction = direction,
            Timestamp = subject.Number("created"),
        };
    }

    /// <summary>A reference, whether it was expanded or not.</summary>
    private static string? IdOf(JsonElement subject, string name) => subject.Text(name) ?? subject.Find(name)?.Text("id");

    private static string? FirstOf(JsonElement subject, string name) =>
        subject.Find(name) is { ValueKind: JsonValueKind.Array } values && values.GetArrayLength() > 0 && values[0].ValueKind == JsonValueKind.String ? values[0].GetString() : null;

    private static string LeftOut(JsonElement subject) => subject.Text("object") is "payment_intent"
        ? "A payment intent with a charge is left out: its charge comes by itself."
        : "This event tells of no movement of money; only charges, payment intents, refunds, payouts, transfers and top-ups are taken.";
}
