using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Tests.Access;

namespace FinObs.DataPlane.Tests.Pii;

/// <summary>What people write about decisions and cases may hold personal data: it is shown to those who may read such, and to nobody else.</summary>
public class WrittenWordsTests
{
    private const string Planted = "Called john.smith@example.com about card 4111111111111111.";
    private static readonly string[] Values = ["john.smith@example.com", "4111111111111111"];

    [Fact]
    public async Task Whoever_may_not_read_personal_data_sees_tokens_in_what_others_wrote()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string officer = await host.Issuer.TokenAsync("officer", "compliance");
        string viewer = await host.Issuer.TokenAsync("ada", "viewer");
        JsonElement sent = (await host.AskAsync(HttpMethod.Post, "/webhooks/transactions", OidcHost.OperatorKey, new { transaction_id = "w-1", amount = 10, account = "a" })).Body;
        string id = sent.GetProperty("results")[0].GetProperty("id").GetString()!;
        await OkAsync(host, $"/v1/decisions/{id}/feedback", officer, new { actual = "fraud", notes = Planted });
        await OkAsync(host, $"/v1/decisions/{id}/override", officer, new { from = "manual_review", to = "block", note = Planted });
        string entry = (await OkAsync(host, "/v1/compliance/log", officer, new { eventType = "call", severity = "Low", description = Planted, meta = new { said = Planted, card = 4111111111111111 } })).GetProperty("id").GetString()!;
        string about = (await OkAsync(host, "/v1/cases", officer, new { type = "call", title = Planted, description = Planted, severity = "High" })).GetProperty("id").GetString()!;
        await OkAsync(host, $"/v1/cases/{about}/comment", officer, new { comment = Planted });

        string[] paths = ["/v1/feedback", $"/v1/decisions/{id}/overrides", "/v1/compliance/log", $"/v1/compliance/log/{entry}", "/v1/cases", $"/v1/cases/{about}", $"/v1/cases/{about}/timeline"];
        List<string> wrong = [];
        foreach (string path in paths)
        {
            (string whole, string shown) = (await TextAsync(host, path, officer), await TextAsync(host, path, viewer));
            wrong.AddRange(Values.Where(value => !whole.Contains(value, StringComparison.Ordinal)).Select(value => $"{path}: the officer does not see {value}"));
            wrong.AddRange(Values.Where(value => shown.Contains(value, StringComparison.Ordinal)).Select(value => $"{path}: the viewer sees {value}"));
            wrong.AddRange(shown.Contains("Called tok_", StringComparison.Ordinal) ? [] : [$"{path}: no token in {shown}"]);
        }

        Assert.Empty(wrong);
    }

    private static async Task<JsonElement> OkAsync(OidcHost host, string path, string token, object body)
    {
        (HttpStatusCode status, JsonElement answer) = await host.AskAsync(HttpMethod.Post, path, token, body);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, $"{path}: {status} {answer}");
        return answer;
    }

    private static async Task<string> TextAsync(OidcHost host, string path, string token)
    {
        (HttpStatusCode status, JsonElement answer) = await host.GetAsync(path, token);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {answer}");
        return answer.GetRawText();
    }
}
