using System.Text;
using FinObs.DataPlane.Ingestion.Mapping;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Ingestion.Mapping;

public sealed class TransactionMappingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, string> Paths = new()
    {
        ["transactionId"] = "$.id",
        ["amount"] = "$.money.value",
        ["currency"] = "$.money.ccy",
        ["accountId"] = "$.accounts[0]",
        ["counterparty"] = "$.payee",
        ["type"] = "$.kind",
        ["timestamp"] = "$.at",
        ["meta"] = "$.extra",
        ["meta.channel"] = "$.channel",
    };

    [Fact]
    public void Every_field_is_taken_from_its_path()
    {
        NewTransaction read = Valid("""{"id":17,"money":{"value":12.50,"ccy":"EUR"},"accounts":["a-1","a-2"],"payee":"shop","kind":"card","at":1772366400,"extra":{"b":1,"a":"x"},"channel":"pos"}""");
        Assert.Equal(("17", 12.5m, "EUR", "a-1", "shop", "card"), (read.TransactionId, read.Amount, read.Currency, read.AccountId, read.CounterpartyId, read.Type));
        Assert.Equal(Now, read.OccurredAt);
        Assert.Equal("""{"a":"x","b":1,"channel":"pos"}""", Encoding.UTF8.GetString(read.Meta!));
    }

    [Fact]
    public void What_is_not_there_is_absent_as_in_our_own_form()
    {
        NewTransaction read = Valid("""{"id":"x","money":{"value":"5"},"payee":null}""");
        Assert.Null(read.AccountId);
        Assert.Null(read.CounterpartyId);
        Assert.Null(read.Meta);
    }

    [Fact]
    public void Below_zero_comes_in_unless_a_direction_is_mapped()
    {
        Assert.True(Valid("""{"id":"x","money":{"value":-5}}""").IsCredit);
        TransactionMapping directed = TransactionMapping.Of(new Dictionary<string, string> { ["transactionId"] = "$.id", ["amount"] = "$.v", ["direction"] = "$.d" });
        Assert.Equal(ItemErrorCodes.AmountNotPositive, Error(directed.Read("""{"id":"x","v":-5,"d":"debit"}"""u8.ToArray(), Now)).Code);
    }

    [Theory]
    [InlineData("""{"money":{"value":5}}""", ItemErrorCodes.TextEmpty)]
    [InlineData("""{"id":"x"}""", ItemErrorCodes.AmountMissing)]
    [InlineData("""{"id":"x","money":{"value":{"minor":5}}}""", ItemErrorCodes.WrongType)]
    [InlineData("""{"id":"x","money":{"value":5},"extra":[1]}""", ItemErrorCodes.WrongType)]
    [InlineData("""{"id":"x","money":{"value":5},"at":"yesterday"}""", ItemErrorCodes.TimestampInvalid)]
    [InlineData("""[1]""", ItemErrorCodes.NotAnObject)]
    [InlineData("""{"id":""", ItemErrorCodes.MalformedJson)]
    [InlineData("""{"id":"\ud800","money":{"value":5}}""", ItemErrorCodes.TextInvalid)]
    public void What_is_no_transaction_has_a_reason(string json, string code) => Assert.Equal(code, Error(TransactionMapping.Of(Paths).Read(Encoding.UTF8.GetBytes(json), Now)).Code);

    [Fact]
    public void Several_keys_make_one_id() => Assert.Equal("x|5", ((TransactionItem.Valid)TransactionMapping
        .Of(new Dictionary<string, string> { ["transactionId"] = "$.id", ["amount"] = "$.v" }, ["transactionId", "amount"]).Read("""{"id":"x","v":5}"""u8.ToArray(), Now)).Transaction.TransactionId);

    [Theory]
    [InlineData("iban", "$.x", "iban is no field")]
    [InlineData("amount", "$..x", "is no path")]
    [InlineData("amount", "$.x[*]", "is no path")]
    [InlineData("amount", "$.x[999999999999]", "is no path")]
    public void A_mapping_that_is_none_is_refused(string field, string path, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => TransactionMapping.Of(new Dictionary<string, string> { ["transactionId"] = "$.id", [field] = path })).Message, StringComparison.Ordinal);

    private static NewTransaction Valid(string json)
    {
        TransactionItem item = TransactionMapping.Of(Paths).Read(Encoding.UTF8.GetBytes(json), Now);
        return item is TransactionItem.Valid valid ? valid.Transaction : throw new InvalidOperationException(Error(item).Message);
    }

    private static ItemError Error(TransactionItem item) => Assert.IsType<TransactionItem.Invalid>(item).Error;
}
