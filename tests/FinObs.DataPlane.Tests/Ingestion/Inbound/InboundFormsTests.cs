using System.Text;
using FinObs.DataPlane.Ingestion.Inbound.Forms;
using FinObs.DataPlane.Transactions;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Ingestion.Inbound;

public class InboundFormsTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    [Fact]
    public void Plaids_money_out_is_a_debit_and_what_is_pending_waits()
    {
        InboundContent.Items posted = Items(new PlaidForm(withPending: false, 500), Fixtures.ReadText("webhooks/plaid-transactions-sync.json"));
        InboundContent.Items all = Items(new PlaidForm(withPending: true, 500), Fixtures.ReadText("webhooks/plaid-transactions-sync.json"));

        NewTransaction walmart = Valid(Assert.Single(posted.Transactions));
        Assert.Equal(("lPNjeW1nR6CDn5okmGQ6hEpMo4lLNoSrzqDje", 72.1m, "USD", false, "in_store"), (walmart.TransactionId, walmart.Amount, walmart.Currency, walmart.IsCredit, walmart.Type));
        Assert.Equal(("BxBXxLj1m4HMXBm9WZZmCWVbPjX16EHwv99vp", "O5W5j4dN9OR3E6ypQmjdkWZZRoXEzVMz2ByWM"), (walmart.AccountId, walmart.CounterpartyId));
        Assert.Equal(new DateTimeOffset(2023, 9, 24, 11, 1, 1, TimeSpan.Zero), walmart.OccurredAt);
        Assert.Contains("1 pending", posted.LeftOut, StringComparison.Ordinal);
        NewTransaction refund = Valid(all.Transactions[1]);
        Assert.Equal((28.34m, true, new DateTimeOffset(2023, 9, 27, 0, 0, 0, TimeSpan.Zero)), (refund.Amount, refund.IsCredit, refund.OccurredAt));
    }

    [Theory]
    [InlineData("""{"webhook_type":"TRANSACTIONS","webhook_code":"SYNC_UPDATES_AVAILABLE","item_id":"i","initial_update_complete":true}""", true)]
    [InlineData("""{"webhook_type":"ITEM","webhook_code":"PENDING_EXPIRATION","item_id":"i"}""", false)]
    public void A_webhook_of_Plaid_brings_no_transaction_but_may_ask_for_a_pull(string body, bool asks)
    {
        InboundContent.Items items = Items(new PlaidForm(withPending: false, 500), body);

        Assert.Empty(items.Transactions);
        Assert.Equal(asks, items.AsksForPull);
    }

    [Theory]
    [InlineData("""{"id":"po_1","object":"payout","amount":5000,"currency":"jpy","created":1700000000}""", "po_1", "5000", false, "payout")]
    [InlineData("""{"id":"re_1","object":"refund","amount":1234,"currency":"kwd","created":1700000000}""", "re_1", "1.234", true, "refund")]
    [InlineData("""{"id":"pi_1","object":"payment_intent","amount":100,"currency":"ugx","created":1700000000,"payment_method_types":["sepa_debit"],"latest_charge":null}""", "pi_1", "1", false, "sepa_debit")]
    [InlineData("""{"id":"tr_1","object":"transfer","amount":7,"currency":"mga","created":1700000000,"destination":{"id":"acct_1"}}""", "tr_1", "7", false, "transfer")]
    public void Stripes_objects_become_transactions_in_major_units(string subject, string id, string amount, bool isCredit, string type)
    {
        NewTransaction transaction = Valid(Assert.Single(Items(new StripeForm(), Event(subject)).Transactions));

        Assert.Equal((id, decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), isCredit, type), (transaction.TransactionId, transaction.Amount, transaction.IsCredit, transaction.Type));
    }

    [Theory]
    [InlineData("""{"id":"pi_2","object":"payment_intent","amount":100,"currency":"usd","created":1700000000,"latest_charge":"ch_2"}""", "its charge comes by itself")]
    [InlineData("""{"id":"cus_1","object":"customer"}""", "no movement of money")]
    public void What_moves_no_money_is_acknowledged_and_left_out(string subject, string why)
    {
        InboundContent.Items items = Items(new StripeForm(), Event(subject));

        Assert.Empty(items.Transactions);
        Assert.Contains(why, items.LeftOut, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"object":"event","data":{"object":7}}""")]
    [InlineData("\"\\ud800\"")]
    public void Nonsense_is_refused_and_never_thrown(string body)
    {
        Assert.IsType<InboundContent.Refused>(new StripeForm().Read(Encoding.UTF8.GetBytes(body), Now));
        Assert.IsType<InboundContent.Refused>(new PlaidForm(withPending: true, 500).Read(Encoding.UTF8.GetBytes(body), Now));
    }

    [Theory]
    [InlineData("""{"object":"event","data":{"object":{"object":"charge","id":7,"amount":"x","currency":{},"created":"soon","customer":[],"payment_method_details":3}}}""")]
    [InlineData("""{"object":"event","data":{"object":{"object":"charge","id":"\ud800","amount":1,"currency":"usd"}}}""")]
    public void An_event_of_odd_parts_is_an_invalid_item(string body) =>
        Assert.IsType<TransactionItem.Invalid>(Assert.Single(Items(new StripeForm(), body).Transactions));

    private static string Event(string subject) => $$$"""{"id":"evt_1","object":"event","type":"any","data":{"object":{{{subject}}}}}""";

    private static InboundContent.Items Items(IInboundForm form, string body) => Assert.IsType<InboundContent.Items>(form.Read(Encoding.UTF8.GetBytes(body), Now));

    private static NewTransaction Valid(TransactionItem item) => Assert.IsType<TransactionItem.Valid>(item).Transaction;
}
