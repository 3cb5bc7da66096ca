using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Ingestion.Inbound;

/// <summary>Webhooks in the sender's own form, proven by the sender's own signature.</summary>
public class InboundTests
{
    private const string Secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private static readonly NodePackage Stripe = new("stripe", "23.1.0");

    [Fact]
    public async Task An_event_of_Stripe_that_its_own_library_signed_is_a_transaction_and_its_retry_the_same()
    {
        await using TestDataPlane host = await StartAsync("Stripe", "Stripe");
        string charge = Fixtures.ReadText("webhooks/stripe-charge-succeeded.json");
        string signature = await Stripe.RunAsync(
            """
            const { payload, secret } = JSON.parse(require("fs").readFileSync(0, "utf8"));
            console.log(require("stripe")("sk_test_none").webhooks.generateTestHeaderString({ payload, secret }));
            """,
            JsonSerializer.Serialize(new { payload = charge, secret = Secret }));

        JsonElement first = await TakenAsync(host, charge, ("Stripe-Signature", signature));
        JsonElement again = await TakenAsync(host, charge, ("Stripe-Signature", signature));

        Assert.Equal(1, first.GetProperty("ingested").GetInt32());
        Assert.Equal(first.GetProperty("results").GetRawText(), again.GetProperty("results").GetRawText());
        JsonElement stored = await host.GetAsync("/v1/transactions/ch_3MmlLrLkdIwHu7ix0snN0B15");
        Assert.Equal("sender", stored.GetProperty("source").GetString());
        Assert.Equal("USD", stored.GetProperty("currency").GetString());
        Assert.Equal(10.99m, decimal.Parse(stored.GetProperty("amount").ToString(), CultureInfo.InvariantCulture));
        Assert.Equal("cus_9s6XKzkNRiz8i3", stored.GetProperty("account").GetString());
    }

    [Fact]
    public async Task What_is_forged_changed_or_old_is_refused_and_nothing_is_stored()
    {
        await using TestDataPlane host = await StartAsync("Stripe", "Stripe");
        string charge = Fixtures.ReadText("webhooks/stripe-charge-succeeded.json");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();

        Assert.Contains("no Stripe-Signature", await RefusedAsync(host, charge, ("X-None", "1")), StringComparison.Ordinal);
        Assert.Contains("does not fit", await RefusedAsync(host, charge, ("Stripe-Signature", StripeHeader(charge, "another", now))), StringComparison.Ordinal);
        Assert.Contains("does not fit", await RefusedAsync(host, charge + " ", ("Stripe-Signature", StripeHeader(charge, Secret, now))), StringComparison.Ordinal);
        Assert.Contains("not of now", await RefusedAsync(host, charge, ("Stripe-Signature", StripeHeader(charge, Secret, now.AddMinutes(-6)))), StringComparison.Ordinal);
        Assert.Contains("not of now", await RefusedAsync(host, charge, ("Stripe-Signature", StripeHeader(charge, Secret, now.AddMinutes(6)))), StringComparison.Ordinal);
        Assert.Contains("no Stripe-Signature", await RefusedAsync(host, charge, ("Stripe-Signature", "t=1,v0=" + new string('0', 64))), StringComparison.Ordinal);
        Assert.Equal(0, (await host.GetAsync("/webhooks/results")).GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Both_secrets_hold_while_one_is_rotated()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.FullPath, "secret");
        await File.WriteAllTextAsync(file, $"new\n{Secret}\n", Ct);
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, [.. Settings("Stripe", "Stripe"), "--Inbound:Sources:sender:SecretFile", file]);
        string charge = Fixtures.ReadText("webhooks/stripe-charge-succeeded.json");

        await TakenAsync(host, charge, ("Stripe-Signature", StripeHeader(charge, Secret, TimeProvider.System.GetUtcNow())));
        await TakenAsync(host, charge, ("Stripe-Signature", StripeHeader(charge, "new", TimeProvider.System.GetUtcNow())));
    }

    [Fact]
    public async Task Anything_signed_by_Standard_Webhooks_is_read_by_its_paths()
    {
        await using TestDataPlane host = await StartAsync(
            "Mapped", "StandardWebhooks", "--Inbound:Sources:sender:ItemsPath", "$.data.rows", "--Inbound:Sources:sender:Mapping:transactionId", "$.ref",
            "--Inbound:Sources:sender:Mapping:amount", "$.value.sum", "--Inbound:Sources:sender:Mapping:currency", "$.value.unit");
        const string Body = """{"data":{"rows":[{"ref":"m-1","value":{"sum":12.5,"unit":"EUR"}},{"ref":"m-2","value":{"sum":"nothing"}}]}}""";

        JsonElement answer = await TakenAsync(host, Body, StandardHeaders("msg_1", Body, TimeProvider.System.GetUtcNow()));

        Assert.Equal(1, answer.GetProperty("ingested").GetInt32());
        Assert.Equal("m-2", answer.GetProperty("results")[1].GetProperty("transaction_id").GetString());
        Assert.Contains("amount", answer.GetProperty("results")[1].GetProperty("error").GetString(), StringComparison.OrdinalIgnoreCase);
        const string Bad = """{"data":{"rows":[{"ref":"m-3"}]}}""";
        using HttpResponseMessage unread = await PostAsync(host, Bad, StandardHeaders("msg_2", Bad, TimeProvider.System.GetUtcNow()));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unread.StatusCode);
        const string Elsewhere = """{"rows":[]}""";
        using HttpResponseMessage lost = await PostAsync(host, Elsewhere, StandardHeaders("msg_3", Elsewhere, TimeProvider.System.GetUtcNow()));
        Assert.Contains("$.data.rows", await lost.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitHubs_published_example_of_a_signature_is_right()
    {
        // docs.github.com, "Validating webhook deliveries", "Testing the webhook payload validation".
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, [.. Settings("FinObs", "Hub"), "--Inbound:Sources:sender:Secret", "It's a Secret to Everybody"]);

        using HttpResponseMessage read = await PostAsync(
            host, "Hello, World!", ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));

        Assert.Equal(HttpStatusCode.BadRequest, read.StatusCode); // let in, and then no JSON
        Assert.Contains("does not fit", await RefusedAsync(host, "Hello, World!!", ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_sender_is_told_where_senders_are_made()
    {
        await using TestDataPlane host = await StartAsync("Stripe", "Stripe");
        using StringContent content = new("{}", Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await host.Client.PostAsync(new Uri("/webhooks/inbound/other", UriKind.Relative), content, Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Inbound:Sources", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    private static Task<TestDataPlane> StartAsync(string form, string signature, params string[] more) =>
        TestDataPlane.StartAsync(DatabaseKind.Sqlite, [.. Settings(form, signature), "--Inbound:Sources:sender:Secret", Secret, .. more]);

    private static string[] Settings(string form, string signature) => ["--Inbound:Sources:sender:Form", form, "--Inbound:Sources:sender:Signature", signature];

    private static string StripeHeader(string body, string secret, DateTimeOffset at)
    {
        long seconds = at.ToUnixTimeSeconds();
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{seconds}.{body}")))}";
    }

    private static (string Name, string Value)[] StandardHeaders(string id, string body, DateTimeOffset at)
    {
        long seconds = at.ToUnixTimeSeconds();
        byte[] mark = HMACSHA256.HashData(Convert.FromBase64String(Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{seconds}.{body}"));
        return [("webhook-id", id), ("webhook-timestamp", $"{seconds}"), ("webhook-signature", $"v1,AAAA v1,{Convert.ToBase64String(mark)}")];
    }

    private static async Task<JsonElement> TakenAsync(TestDataPlane host, string body, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await PostAsync(host, body, headers);
        string text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static async Task<string> RefusedAsync(TestDataPlane host, string body, params (string Name, string Value)[] headers)
    {
        using HttpResponseMessage response = await PostAsync(host, body, headers);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct)).RootElement.GetProperty("detail").GetString()!;
    }

    private static async Task<HttpResponseMessage> PostAsync(TestDataPlane host, string body, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/webhooks/inbound/sender") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await host.Client.SendAsync(request, Ct);
    }
}
