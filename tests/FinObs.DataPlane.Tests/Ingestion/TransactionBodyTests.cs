using System.Text;
using System.Text.Json;
using CsCheck;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class TransactionBodyTests
{
    private static readonly TransactionRequestContext Context = new(new DateTimeOffset(2026, 3, 31, 12, 0, 0, TimeSpan.Zero), "key", 0);

    private const string Good = """{"transaction_id":"t1","amount":12.5,"type":"card","timestamp":"2026-03-31T10:00:00Z","currency":"EUR","account":"A1","counterparty":"C1","direction":"credit","meta":{"k":[1,{"z":2}]}}""";

    [Fact]
    public void One_object_is_one_item()
    {
        TransactionBody.Read read = Read(Good);

        Assert.True(read.IsSingle);
        NewTransaction transaction = Valid(Assert.Single(read.Items));
        Assert.Equal(("t1", 12.5m, "card", "EUR", "A1", "C1", true), (transaction.TransactionId, transaction.Amount, transaction.Type, transaction.Currency, transaction.AccountId, transaction.CounterpartyId, transaction.IsCredit));
        Assert.Equal("""{"k":[1,{"z":2}]}""", Encoding.UTF8.GetString(transaction.Meta!));
    }

    [Fact]
    public void Every_field_has_the_same_meaning_under_its_other_name()
    {
        const string aliased = """{"id":"t1","amount":"12.50","transaction_type":"card","timestamp":1774951200,"currency":"eur","account_id":"A1","counterparty_id":"C1","direction":"credit","meta":{"k":[1.0,{"z":2}]}}""";

        Assert.Equal(Valid(Read(Good).Items[0]).BodyHash, Valid(Read(aliased).Items[0]).BodyHash);
    }

    [Fact]
    public void The_order_of_fields_does_not_matter()
    {
        using JsonDocument document = JsonDocument.Parse(Good);
        string reversed = "{" + string.Join(',', document.RootElement.EnumerateObject().Reverse().Select(p => p.ToString())) + "}";

        Assert.Equal(Valid(Read(Good).Items[0]).BodyHash, Valid(Read(reversed).Items[0]).BodyHash);
    }

    [Theory]
    [InlineData("5", "not_an_object")]
    [InlineData("null", "not_an_object")]
    [InlineData("[{\"amount\":1}]", "not_an_object")]
    [InlineData("{\"amount\":true}", "wrong_type")]
    [InlineData("{\"amount\":{}}", "wrong_type")]
    [InlineData("{\"amount\":[1]}", "wrong_type")]
    [InlineData("{\"amount\":null}", "amount_missing")]
    [InlineData("{}", "amount_missing")]
    [InlineData("{\"amount\":\"NaN\"}", "amount_invalid")]
    [InlineData("{\"amount\":1,\"transaction_id\":5}", "wrong_type")]
    [InlineData("{\"amount\":1,\"account\":{\"a\":[]}}", "wrong_type")]
    [InlineData("{\"amount\":1,\"meta\":[]}", "wrong_type")]
    [InlineData("{\"amount\":1,\"meta\":\"x\"}", "wrong_type")]
    [InlineData("{\"amount\":1,\"amount\":1}", "duplicate_field")]
    [InlineData("{\"amount\":1,\"\\u0061mount\":1}", "duplicate_field")]
    [InlineData("{\"amount\":1,\"type\":null,\"type\":\"card\"}", "duplicate_field")]
    [InlineData("{\"amount\":1,\"type\":\"card\",\"transaction_type\":\"ach\"}", "alias_conflict")]
    [InlineData("{\"amount\":1,\"account_id\":\"a\",\"account\":\"b\"}", "alias_conflict")]
    [InlineData("{\"amount\":1,\"account\":\"\\ud800\"}", "text_invalid")]
    [InlineData("{\"amount\":1,\"account\":\"\\u0000\"}", "text_invalid")]
    [InlineData("{\"amount\":1,\"\\ud800\":\"x\"}", "text_invalid")]
    [InlineData("{\"amount\":1,\"x\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}", "too_deep")]
    [InlineData("{\"amount\":1,\"meta\":{\"x\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}}", "too_deep")]
    public void A_bad_item_is_an_error_in_its_place_and_the_others_go_through(string item, string code)
    {
        TransactionBody.Read read = Read($"[{Good},{item},{Good}]");

        Assert.Equal(3, read.Items.Count);
        Assert.IsType<TransactionItem.Valid>(read.Items[0]);
        Assert.Equal(code, Assert.IsType<TransactionItem.Invalid>(read.Items[1]).Error.Code);
        Assert.IsType<TransactionItem.Valid>(read.Items[2]);
    }

    [Fact]
    public void Both_names_of_a_field_may_be_sent_with_one_value() =>
        Assert.Equal("card", Valid(Read("""{"amount":1,"type":"card","transaction_type":"card"}""").Items[0]).Type);

    [Fact]
    public void An_error_names_the_id_also_where_it_comes_later() =>
        Assert.Equal("t9", Assert.IsType<TransactionItem.Invalid>(Read("""[{"amount":-1,"transaction_id":"t9"}]""").Items[0]).TransactionId);

    [Theory]
    [InlineData("", "empty_body", 400)]
    [InlineData(" \n\t ", "empty_body", 400)]
    [InlineData("5", "not_an_object", 400)]
    [InlineData("\"x\"", "not_an_object", 400)]
    [InlineData("{", "malformed_json", 400)]
    [InlineData("{\"amount\":NaN}", "malformed_json", 400)]
    [InlineData("{\"amount\":-Infinity}", "malformed_json", 400)]
    [InlineData("{\"amount\":01}", "malformed_json", 400)]
    [InlineData("{\"amount\":1,}", "malformed_json", 400)]
    [InlineData("{\"amount\":1}{\"amount\":2}", "malformed_json", 400)]
    [InlineData("[{\"amount\":1}", "malformed_json", 400)]
    [InlineData("[{\"amount\":1},", "malformed_json", 400)]
    [InlineData("[{\"amount\":1}]]", "malformed_json", 400)]
    [InlineData("/*x*/{}", "malformed_json", 400)]
    public void A_broken_body_is_refused_as_a_whole(string body, string code, int status)
    {
        BodyProblem problem = Refused(Encoding.UTF8.GetBytes(body));

        Assert.Equal((code, status), (problem.Code, problem.Status));
    }

    [Fact]
    public void A_broken_body_says_where()
    {
        BodyProblem problem = Refused("[{\"amount\":1},\n {\"amount\":NaN}]"u8.ToArray());

        Assert.Contains("line 2, byte 12", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}", 1_000_000)]
    [InlineData("[{\"amount\":1,\"meta\":{\"x\":{0}{1}}}]", 5_000)]
    [InlineData("[{\"amount\":1,\"x\":{0}{1}}]", 5_000)]
    public void A_body_of_brackets_is_refused_at_once_and_as_too_deep(string body, int depth) =>
        Assert.Equal("too_deep", Refused(Encoding.ASCII.GetBytes(
            body.Replace("{0}", new string('[', depth), StringComparison.Ordinal).Replace("{1}", new string(']', depth), StringComparison.Ordinal))).Code);

    [Fact]
    public void A_byte_order_mark_is_read_over() => Assert.Single(Read("\uFEFF" + Good).Items);

    [Fact]
    public void Bytes_that_are_no_utf_8_are_refused()
    {
        Assert.Equal("invalid_utf8", Refused([.. "{\"account\":\""u8, 0xC3, 0x28, .. "\"}"u8]).Code);
        Assert.Equal("invalid_utf8", Refused(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Good)).ToArray()).Code);
    }

    [Fact]
    public void An_empty_array_is_no_items() => Assert.Empty(Read("[]").Items);

    [Fact]
    public void Ten_thousand_items_are_taken_and_one_more_is_not()
    {
        string item = "{\"amount\":1}";

        Assert.Equal(10_000, Read($"[{string.Join(',', Enumerable.Repeat(item, 10_000))}]").Items.Count);
        BodyProblem problem = Refused(Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat(item, 10_001))}]"));
        Assert.Equal(("too_many_items", 413), (problem.Code, problem.Status));
        Assert.Contains("NDJSON", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_that_nothing_reads_are_named_once()
    {
        TransactionBody.Read read = Read("""[{"amount":1,"branch":"x","note":{"a":[1]}},{"amount":1,"note":2}]""");

        Assert.Equal(["branch", "note"], read.IgnoredFields);
        Assert.All(read.Items, i => Assert.IsType<TransactionItem.Valid>(i));
    }

    [Fact]
    public void In_strict_mode_they_are_errors()
    {
        var read = (TransactionBody.Read)TransactionBody.Parse("""[{"amount":1,"branch":"x"},{"amount":1}]"""u8, 10, strict: true, Context);

        Assert.Equal("unknown_field", Assert.IsType<TransactionItem.Invalid>(read.Items[0]).Error.Code);
        Assert.IsType<TransactionItem.Valid>(read.Items[1]);
    }

    [Fact]
    public void Any_mutation_of_a_good_body_has_a_clean_outcome()
    {
        byte[] body = Encoding.UTF8.GetBytes($"[{Good},{Good}]");
        Gen.Select(Gen.Int[0, body.Length - 1], Gen.Byte, Gen.Int[0, 3], Gen.Int[0, 40]).Array[1, 4].Sample(
            mutations =>
            {
                var mutated = new List<byte>(body);
                foreach ((int at, byte value, int kind, int count) in mutations)
                {
                    Mutate(mutated, at, value, kind, count);
                }

                TransactionBody outcome = TransactionBody.Parse([.. mutated], 100, strict: false, Context);
                Assert.True(outcome is TransactionBody.Read or TransactionBody.Refused);
            },
            iter: 20_000);
    }

    [Fact]
    public void Any_bytes_have_a_clean_outcome() =>
        Gen.Byte.Array[0, 60].Sample(bytes => { _ = TransactionBody.Parse(bytes, 100, strict: true, Context); });

    [Fact]
    public void A_good_body_cut_off_anywhere_is_never_partly_read()
    {
        byte[] body = Encoding.UTF8.GetBytes($"[{Good},{Good}]");

        for (int length = 0; length < body.Length; length++)
        {
            Assert.IsType<TransactionBody.Refused>(TransactionBody.Parse(body.AsSpan(0, length), 100, strict: false, Context));
        }
    }

    private static void Mutate(List<byte> bytes, int at, byte value, int kind, int count)
    {
        at %= Math.Max(1, bytes.Count);
        count = Math.Min(count, bytes.Count - at);
        switch (kind)
        {
            case 0:
                bytes[at] = value;
                break;
            case 1:
                bytes.Insert(at, value);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(count, bytes.Count - 1));
                break;
            default:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
        }
    }

    private static TransactionBody.Read Read(string json) =>
        Assert.IsType<TransactionBody.Read>(TransactionBody.Parse(Encoding.UTF8.GetBytes(json), 10_000, strict: false, Context));

    private static BodyProblem Refused(byte[] body) => Assert.IsType<TransactionBody.Refused>(TransactionBody.Parse(body, 10_000, strict: false, Context)).Problem;

    private static NewTransaction Valid(TransactionItem item) => Assert.IsType<TransactionItem.Valid>(item).Transaction;
}
