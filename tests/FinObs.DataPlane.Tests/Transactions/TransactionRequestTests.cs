using System.Text;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Transactions;

public sealed class TransactionRequestTests
{
    private static readonly TransactionRequestContext Context = new(new DateTimeOffset(2026, 3, 31, 12, 0, 0, TimeSpan.Zero), null, 0);

    [Fact]
    public void What_is_not_said_gets_its_default()
    {
        NewTransaction transaction = Valid(new TransactionRequest { Amount = "5" });

        Assert.Equal("other", transaction.Type);
        Assert.Equal("USD", transaction.Currency);
        Assert.False(transaction.IsCredit);
        Assert.Equal(Context.Now, transaction.OccurredAt);
        Assert.Null(transaction.AccountId);
        Assert.Null(transaction.CounterpartyId);
        Assert.Null(transaction.Meta);
    }

    [Theory]
    [InlineData("wire", "wire_transfer")]
    [InlineData("wire_transfer", "wire_transfer")]
    [InlineData("Wire-Transfer", "wire_transfer")]
    [InlineData("DIRECT DEBIT", "direct_debit")]
    [InlineData("cheque", "check")]
    [InlineData("ach", "ach")]
    [InlineData("crypto", "crypto")]
    [InlineData("something_new_2", "something_new_2")]
    public void A_type_has_one_spelling(string sent, string canonical) => Assert.Equal(canonical, Valid(new TransactionRequest { Amount = "5", Type = sent }).Type);

    [Theory]
    [InlineData("")]
    [InlineData("wire/transfer")]
    [InlineData("überweisung")]
    [InlineData("wire\0")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_type_of_no_sane_shape_is_refused(string sent) => Assert.Equal("type_invalid", Code(new TransactionRequest { Amount = "5", Type = sent }));

    [Theory]
    [InlineData("eur", "EUR")]
    [InlineData("USD", "USD")]
    [InlineData("XXX", "XXX")]
    public void A_currency_is_an_iso_code(string sent, string canonical) =>
        Assert.Equal(canonical, Valid(new TransactionRequest { Amount = "5", Currency = sent }).Currency);

    [Theory]
    [InlineData("")]
    [InlineData("US")]
    [InlineData("ZZZ")]
    [InlineData("BTC")]
    [InlineData("dollars")]
    [InlineData("€")]
    public void Another_currency_is_refused(string sent) => Assert.Equal("currency_unknown", Code(new TransactionRequest { Amount = "5", Currency = sent }));

    [Fact]
    public void A_direction_is_debit_or_credit()
    {
        Assert.True(Valid(new TransactionRequest { Amount = "5", Direction = "Credit" }).IsCredit);
        Assert.False(Valid(new TransactionRequest { Amount = "5", Direction = "debit" }).IsCredit);
        Assert.Equal("direction_invalid", Code(new TransactionRequest { Amount = "5", Direction = "in" }));
    }

    [Theory]
    [InlineData("", "text_empty")]
    [InlineData("a\0b", "text_invalid")]
    [InlineData("a\nb", "text_invalid")]
    [InlineData("a\u0085b", "text_invalid")]
    [InlineData(" a", "text_invalid")]
    [InlineData("a\u00A0", "text_invalid")]
    public void An_id_that_could_be_mistaken_for_another_is_refused(string id, string code)
    {
        Assert.Equal(code, Code(new TransactionRequest { Amount = "5", TransactionId = id }));
        Assert.Equal(code, Code(new TransactionRequest { Amount = "5", Account = id }));
        Assert.Equal(code, Code(new TransactionRequest { Amount = "5", Counterparty = id }));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_and_a_whole_one_is_not()
    {
        Assert.Equal("text_invalid", Code(new TransactionRequest { Amount = "5", Account = "a\uD83D" }));
        Assert.Equal("text_invalid", Code(new TransactionRequest { Amount = "5", Account = "\uDE00a" }));
        Assert.Equal("a😀", Valid(new TransactionRequest { Amount = "5", Account = "a😀" }).AccountId);
    }

    [Fact]
    public void An_id_has_at_most_200_characters()
    {
        Assert.Equal(200, Valid(new TransactionRequest { Amount = "5", TransactionId = new string('ä', 200) }).TransactionId.Length);
        Assert.Equal("text_too_long", Code(new TransactionRequest { Amount = "5", TransactionId = new string('a', 201) }));
    }

    [Fact]
    public void An_error_names_the_id_only_where_the_id_itself_is_good()
    {
        Assert.Equal("t1", Invalid(new TransactionRequest { TransactionId = "t1" }).TransactionId);
        Assert.Null(Invalid(new TransactionRequest { TransactionId = "t\0" }).TransactionId);
    }

    [Fact]
    public void The_same_statement_in_other_words_has_the_same_hash()
    {
        byte[] one = Hash(new TransactionRequest { TransactionId = "t", Amount = "10", Type = "wire", Currency = "eur", Timestamp = "2026-03-31T10:00:00Z" });

        Assert.Equal(one, Hash(new TransactionRequest { TransactionId = "t", Amount = "1e1", Type = "wire_transfer", Currency = "EUR", Timestamp = "2026-03-31T12:00:00.000+02:00" }));
        Assert.Equal(one, Hash(new TransactionRequest { TransactionId = "t", Amount = "10.00", Type = "WIRE", Currency = "EUR", Timestamp = "1774951200" }));
    }

    [Fact]
    public void A_retry_without_a_timestamp_has_the_same_hash_at_another_time()
    {
        var request = new TransactionRequest { TransactionId = "t", Amount = "10" };

        var later = (TransactionItem.Valid)request.Validate(Context with { Now = Context.Now.AddMinutes(3) });

        Assert.Equal(Hash(request), later.Transaction.BodyHash);
    }

    [Fact]
    public void Every_field_that_is_sent_is_part_of_the_hash()
    {
        var plain = new TransactionRequest { TransactionId = "t", Amount = "10" };
        TransactionRequest[] others =
        [
            plain with { Amount = "10.01" },
            plain with { Type = "other" },
            plain with { Currency = "USD" },
            plain with { Direction = "debit" },
            plain with { Account = "x" },
            plain with { Counterparty = "x" },
            plain with { Timestamp = "1700000000" },
            plain with { Meta = "{}"u8.ToArray() },
            plain with { TransactionId = "u" },
        ];

        Assert.Equal(others.Length + 1, others.Append(plain).Select(r => Convert.ToHexString(Hash(r))).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void The_label_is_no_part_of_the_hash() =>
        Assert.Equal(Hash(new TransactionRequest { TransactionId = "t", Amount = "10" }), Hash(new TransactionRequest { TransactionId = "t", Amount = "10", Label = true }));

    [Fact]
    public void The_key_of_an_id_is_its_sha_256()
    {
        NewTransaction transaction = Valid(new TransactionRequest { TransactionId = "abc", Amount = "10" });

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Convert.ToHexStringLower(transaction.IdempotencyKeyHash));
    }

    [Fact]
    public void Without_an_id_the_idempotency_key_and_the_place_give_one()
    {
        var request = new TransactionRequest { Amount = "10" };
        NewTransaction At(string key, long index) => ((TransactionItem.Valid)request.Validate(Context with { IdempotencyKey = key, Index = index })).Transaction;

        Assert.Equal(At("k", 3).TransactionId, At("k", 3).TransactionId);
        Assert.Equal(At("k", 3).IdempotencyKeyHash, At("k", 3).IdempotencyKeyHash);
        Assert.NotEqual(At("k", 3).TransactionId, At("k", 4).TransactionId);
        Assert.NotEqual(At("k", 3).TransactionId, At("l", 3).TransactionId);
    }

    [Fact]
    public void With_an_id_the_idempotency_key_does_not_matter()
    {
        var request = new TransactionRequest { TransactionId = "t", Amount = "10" };

        var keyed = (TransactionItem.Valid)request.Validate(Context with { IdempotencyKey = "k" });

        Assert.Equal(Valid(request).IdempotencyKeyHash, keyed.Transaction.IdempotencyKeyHash);
    }

    [Fact]
    public void Without_either_every_delivery_is_a_new_transaction() =>
        Assert.NotEqual(Valid(new TransactionRequest { Amount = "10" }).TransactionId, Valid(new TransactionRequest { Amount = "10" }).TransactionId);

    [Fact]
    public void No_error_repeats_what_was_sent()
    {
        const string secret = "4111-1111-1111-1111\0";
        TransactionRequest[] requests =
        [
            new() { TransactionId = secret, Amount = "1" },
            new() { Amount = secret },
            new() { Amount = "1", Type = secret },
            new() { Amount = "1", Currency = secret },
            new() { Amount = "1", Direction = secret },
            new() { Amount = "1", Timestamp = secret },
        ];

        Assert.All(requests, r => Assert.DoesNotContain("4111", Invalid(r).Error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_long_body_hashes_like_a_short_one()
    {
        var request = new TransactionRequest { TransactionId = new string('€', 200), Account = new string('€', 200), Counterparty = new string('€', 200), Amount = "1", Meta = Encoding.UTF8.GetBytes(new string('x', 16000)) };

        Assert.Equal(32, Hash(request).Length);
    }

    private static byte[] Hash(TransactionRequest request) => Valid(request).BodyHash;

    private static NewTransaction Valid(TransactionRequest request) => Assert.IsType<TransactionItem.Valid>(request.Validate(Context)).Transaction;

    private static TransactionItem.Invalid Invalid(TransactionRequest request) => Assert.IsType<TransactionItem.Invalid>(request.Validate(Context));

    private static string Code(TransactionRequest request) => Invalid(request).Error.Code;
}
