using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Pii.Vault;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Audit;

namespace FinObs.DataPlane.Tests.Pii;

public class PiiGuardTests
{
    [Fact]
    public async Task The_same_value_has_the_same_token_and_a_mask_says_only_the_kind()
    {
        await using AuditHarness audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        PiiGuard guard = new(() => audit.Keyring);
        string clean = guard.Clean("4111111111111111 and again 4111111111111111, not 5555555555554444");
        string[] words = clean.Split(' ', ',');
        Assert.StartsWith(PiiGuard.TokenPrefix, words[0], StringComparison.Ordinal);
        Assert.Equal(words[0], words[3]);
        Assert.NotEqual(words[0], words[^1]);
        Assert.Equal("mail [email] from [ip]", guard.Clean("mail john@example.com from 192.0.2.17", PiiMode.Mask));
        Assert.Same("nothing here", guard.Clean("nothing here"));
        Assert.Equal(clean, guard.Clean(clean));
    }

    [Fact]
    public async Task Members_of_json_go_by_name_and_by_value_at_any_depth()
    {
        await using AuditHarness audit = await AuditHarness.StartAsync(DatabaseKind.Sqlite);
        PiiGuard guard = new(() => audit.Keyring);
        byte[] json = Encoding.UTF8.GetBytes(
            """{"Account_ID":"acct-1","amount":12.5,"note":"call +12025550173","deep":[{"e-mail":"x","n":4111111111111111,"ok":true,"192.0.2.17":null}],"first-name":["Ana","Lima"]}""");
        string clean = Encoding.UTF8.GetString(guard.CleanJson(json));
        foreach (string gone in (string[])["acct-1", "2025550173", "\"x\"", "4111111111111111", "192.0.2.17", "Ana", "Lima"])
        {
            Assert.DoesNotContain(gone, clean, StringComparison.Ordinal);
        }

        using JsonDocument document = JsonDocument.Parse(clean);
        Assert.Equal(12.5, document.RootElement.GetProperty("amount").GetDouble());
        Assert.True(document.RootElement.GetProperty("deep")[0].GetProperty("ok").GetBoolean());
        Assert.DoesNotContain("4111", Encoding.UTF8.GetString(guard.CleanJson("no json 4111111111111111"u8.ToArray())), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task A_reversible_token_gives_its_value_back_until_its_subject_is_erased(DatabaseKind kind)
    {
        await using AuditHarness audit = await AuditHarness.StartAsync(kind);
        ReversibleTokens tokens = new(audit.Database, audit.Keyring, audit.Keys, audit.Time);
        IReadOnlyDictionary<string, string> kept = await tokens.KeepAsync("default", "acct-1", ["4111111111111111", "john@example.com"], audit.Stop);
        Assert.Equal(kept, await tokens.KeepAsync("default", "acct-1", ["4111111111111111", "john@example.com"], audit.Stop));
        Assert.Equal("john@example.com", await tokens.RevealAsync("default", kept["john@example.com"], audit.Stop));
        Assert.Null(await tokens.RevealAsync("other", kept["john@example.com"], audit.Stop));
        Assert.NotEqual(kept["john@example.com"], (await tokens.KeepAsync("default", "acct-2", ["john@example.com"], audit.Stop))["john@example.com"]);

        await new SubjectShredder(audit.Database, audit.Keyring, audit.Composer, audit.Keys, new FinObs.DataPlane.Outbox.OutboxSignal(), audit.Time).ShredAsync("default", "acct-1", "user:dpo", "asked", audit.Stop);
        Assert.Null(await tokens.RevealAsync("default", kept["john@example.com"], audit.Stop));
    }
}
