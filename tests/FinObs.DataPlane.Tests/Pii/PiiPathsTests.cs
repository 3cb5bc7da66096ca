using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Audit.Anchors;
using FinObs.DataPlane.Tests.Exports;
using FinObs.DataPlane.Tests.Mcp;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Tests.Resources;
using FinObs.DataPlane.Tests.Resources.Outbound;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace FinObs.DataPlane.Tests.Pii;

/// <summary>Every path out of the house, walked with a transaction that carries personal data in every field that a sender can fill. A new path is a new line in <see cref="Paths"/>.</summary>
public class PiiPathsTests
{
    private const string Card = "4111111111111111";
    private const string Iban = "DE89370400440532013000";
    private const string Ssn = "078-05-1120";
    private const string Email = "john.smith@example.com";
    private const string Phone = "+12025550173";
    private const string Ip = "192.0.2.17";
    private static readonly string[] Planted = [Card, Iban, Ssn, Email, Phone, Ip];
    private static readonly string All = string.Join(" ", Planted);
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    /// <summary>What leaves by each path, as text.</summary>
    private static readonly (string Name, Func<World, Task<string>> Walk)[] Paths =
    [
        ("log messages and their values", LogAsync),
        ("spans as they are exported", SpansAsync),
        ("server-sent events", StreamAsync),
        ("callbacks, redacted", world => CallbackAsync(world, CallbackPayload.Redacted)),
        ("callbacks, thin", world => CallbackAsync(world, CallbackPayload.Thin)),
        ("leaves of the audit log", LeavesAsync),
        ("events of the log", EventsAsync),
        ("problem answers", ProblemsAsync),
        ("exports, CSV and JSON", ExportAsync),
        ("rollouts and why people stopped them", RolloutAsync),
        ("runs of agents: findings, evidence, what people are asked", AgentsAsync),
        ("answers of MCP tools and resources, and their errors", McpAsync),
        ("callbacks about what people do, of every payload", ActsAsync),
    ];

    [Fact]
    public async Task No_path_out_carries_planted_personal_data_in_the_clear()
    {
        await using World world = await World.StartAsync();
        List<string> wrong = [];
        foreach ((string name, Func<World, Task<string>> walk) in Paths)
        {
            string text = await walk(world);
            Assert.True(text.Length > 0, $"{name}: nothing came out, so nothing was checked.");
            wrong.AddRange(Planted.Where(value => text.Contains(value, StringComparison.OrdinalIgnoreCase)).Select(value => $"{name}: {value} in {Around(text, value)}"));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string Around(string text, string value)
    {
        int at = text.IndexOf(value, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(0, at - 60)..Math.Min(text.Length, at + 60)];
    }

    private static async Task<string> LogAsync(World world)
    {
        ILogger logger = world.Host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Planted");
        using (logger.BeginScope("scope of {Account}", All))
        {
            logger.LogWarning(new InvalidOperationException($"failed for {All}"), "Message with {Value}", All);
            logger.LogWarning("{Values}", [Planted]);
        }

        using HttpResponseMessage answer = await world.Host.Client.GetAsync(new Uri($"/v1/transactions?account={Iban}&x={Uri.EscapeDataString(Card)}", UriKind.Relative), Stop);
        Assert.Contains("tok_", string.Join('\n', world.Logged), StringComparison.Ordinal);
        return string.Join('\n', world.Logged);
    }

    private static async Task<string> SpansAsync(World world)
    {
        using HttpResponseMessage answer = await world.Host.Client.GetAsync(new Uri($"/v1/transactions/{Uri.EscapeDataString(World.TransactionId)}", UriKind.Relative), Stop);
        using (System.Diagnostics.Activity? span = FinObs.DataPlane.Telemetry.FinObsTelemetry.Source.StartActivity("planted"))
        {
            span!.SetTag("planted.value", All).SetStatus(System.Diagnostics.ActivityStatusCode.Error, All);
        }

        return await Door.UntilAsync(() => Task.FromResult(string.Join('\n', world.Exported)), text => text.Contains("planted.value", StringComparison.Ordinal));
    }

    private static async Task<string> StreamAsync(World world)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/webhooks/stream?last_event_id=0");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using HttpResponseMessage answer = await world.Host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(Stop));
        StringBuilder text = new();
        while (!text.ToString().Contains("anomaly_score", StringComparison.Ordinal))
        {
            text.AppendLine(await reader.ReadLineAsync(Stop));
        }

        return text.ToString();
    }

    private static async Task<string> CallbackAsync(World world, CallbackPayload payload)
    {
        ICallbackSource source = world.Host.Services.GetServices<ICallbackSource>().Single(one => one.Topic == DecisionPayload.Kind);
        Dictionary<Guid, byte[]> bodies = await source.BodiesAsync([new CallbackEvent(DecisionPayload.Kind, TimeProvider.System.GetUtcNow(), world.Id)], payload, Stop);
        return Encoding.UTF8.GetString(bodies[world.Id]);
    }

    private static async Task<string> LeavesAsync(World world)
    {
        await using FinObsDbContext db = world.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        return string.Join('\n', (await db.AuditLeaves.ToListAsync(Stop)).Select(leaf => Encoding.UTF8.GetString(leaf.Leaf)));
    }

    private static async Task<string> EventsAsync(World world) =>
        JsonSerializer.Serialize(await world.Host.Services.GetRequiredService<EventLog>().ReadAsync("default", 0, 100, Stop));

    private static async Task<string> ProblemsAsync(World world)
    {
        StringBuilder text = new();
        string all = Uri.EscapeDataString(All);
        foreach (string path in (string[])[$"/v1/transactions?limit=0&account={all}", $"/v1/transactions?decision={all}", $"/v1/transactions?min_score={all}", $"/v1/transactions/{all}", $"/{all}", $"/v1/audit/leaves/{all}"])
        {
            using HttpResponseMessage answer = await world.Host.Client.GetAsync(new Uri(path, UriKind.Relative), Stop);
            Assert.False(answer.IsSuccessStatusCode, path);
            text.AppendLine(await answer.Content.ReadAsStringAsync(Stop));
        }

        return text.ToString();
    }

    private static async Task<string> ExportAsync(World world)
    {
        StringBuilder text = new();
        foreach (string format in (string[])["csv", "json"])
        {
            JsonElement made = await ExportTests.MadeAsync(world.Host, new { type = "transactions", format });
            Assert.Equal(2, made.GetProperty("rows").GetInt64());
            text.Append(await world.Host.Client.GetStringAsync(new Uri($"/v1/exports/{made.GetProperty("id").GetGuid()}/content", UriKind.Relative), Stop));
        }

        return text.ToString();
    }

    private static async Task<string> RolloutAsync(World world)
    {
        ModelVersionDoor versions = new(world.Host);
        await versions.ApplyAsync("fraud", "2.0.0", (await versions.UploadAsync("fraud", "2.0.0")).Digest, "Canary");
        await Door.UntilAsync(() => world.Host.GetAsync("/v1/rollouts"), list => list.GetProperty("items").GetArrayLength() == 1);
        DoorAnswer stopped = await versions.Door.SendAsync(HttpMethod.Post, "/v1/rollouts/default/fraud-2.0.0/rollback", JsonContent.Create(new { reason = All }));
        Assert.True(stopped.Status == 200, stopped.Text);
        return stopped.Text + await world.Host.Client.GetStringAsync(new Uri("/v1/rollouts/default/fraud-2.0.0", UriKind.Relative), Stop) + (await versions.StatusAsync("fraud", "2.0.0")).GetRawText();
    }

    private static async Task<string> AgentsAsync(World world)
    {
        StringBuilder text = new();
        using HttpResponseMessage opened = await world.Host.Client.PostAsJsonAsync("/v1/cases", new { type = "spike", title = $"About {All}", description = All, severity = "Critical", account = Card, trader = Email }, Stop);
        JsonElement grave = await opened.Content.ReadFromJsonAsync<JsonElement>(Stop);
        (string Agent, object Body)[] asked =
        [
            ("incident_triage", new { caseId = grave.GetProperty("id").GetGuid() }), ("remediation", new { caseId = grave.GetProperty("id").GetGuid() }), ("compliance_check", new { decisionId = world.Id }),
        ];
        foreach ((string agent, object body) in asked)
        {
            using HttpResponseMessage run = await world.Host.Client.PostAsJsonAsync($"/v1/agents/{agent}/runs", body, Stop);
            string answer = await run.Content.ReadAsStringAsync(Stop);
            Assert.Contains("\"verified\"", answer, StringComparison.Ordinal);
            text.AppendLine(answer);
        }

        return text.Append(await world.Host.Client.GetStringAsync(new Uri("/v1/approvals", UriKind.Relative), Stop)).ToString();
    }

    private static async Task<string> McpAsync(World world)
    {
        await using McpClients clients = new(world.Host);
        McpClient client = await clients.ConnectAsync();
        using (await world.Host.Client.PostAsJsonAsync("/v1/cases", new { type = "spike", title = $"About {All}", description = All, severity = "High", account = Iban, desk = Email }, Stop))
        {
        }

        Dictionary<string, object?> planted = new()
        {
            ["amount"] = 990_000,
            ["transaction_id"] = $"ask {Card} {Email}",
            ["account"] = Iban,
            ["counterparty"] = Card,
            ["meta"] = new { note = All, ssn = Ssn },
        };
        (string Tool, Dictionary<string, object?> Arguments)[] calls =
        [
            ("get_transaction", new() { ["id"] = World.TransactionId }), ("get_decision_evidence", new() { ["id"] = World.TransactionId }), ("verify_evidence", new() { ["id"] = World.TransactionId }),
            ("check_transaction_compliance", planted), ("explain_transaction", planted), ("what_if", planted),
            ("batch_check_compliance", new() { ["transactions"] = new[] { planted, new Dictionary<string, object?> { ["amount"] = -1, ["transaction_id"] = Email } } }),
            ("analyze_portfolio", new() { ["transactions"] = new[] { planted, planted } }), ("ingest_transactions", new() { ["transactions"] = new[] { planted } }),
            ("propose_action", new() { ["action"] = "decision.override", ["decision_id"] = world.Id, ["to"] = "block", ["note"] = $"Because of {All}." }), ("list_approvals", []),
            ("list_incidents", []), ("get_case", new() { ["id"] = "CASE-000001" }), ("search_audit", []), ("get_compliance_metrics", []),
            ("get_transaction", new() { ["id"] = All }), ("list_incidents", new() { ["severity"] = All }), ("get_experiment", new() { ["name"] = All }), ("search_audit", new() { [All] = 1 }),
        ];
        StringBuilder text = new();
        foreach ((string tool, Dictionary<string, object?> arguments) in calls)
        {
            text.AppendLine($"{tool}: {((TextContentBlock)(await client.CallToolAsync(tool, McpCalls.Members(arguments), cancellationToken: Stop)).Content[0]).Text}");
        }

        text.AppendLine(((TextResourceContents)(await client.ReadResourceAsync("platform://cases/CASE-000001", cancellationToken: Stop)).Contents[0]).Text);
        Assert.Contains("tok_", text.ToString(), StringComparison.Ordinal);
        return text.ToString();
    }

    /// <summary>Cases, approvals and rollouts: what people wrote there is told to nobody, not even where a target wants everything.</summary>
    private static async Task<string> ActsAsync(World world)
    {
        using HttpResponseMessage opened = await world.Host.Client.PostAsJsonAsync(
            "/v1/cases", new { type = $"spike {Card}", title = $"Of {All}", description = All, severity = "High", account = Iban, desk = Email, trader = Phone }, Stop);
        Guid id = (await opened.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("id").GetGuid();
        foreach ((string act, object body) in (IEnumerable<(string, object)>)[("escalate", new { version = 1, reason = All }), ("resolve", new { version = 2, outcome = "legitimate", notes = All })])
        {
            using HttpResponseMessage done = await world.Host.Client.PostAsJsonAsync($"/v1/cases/{id}/{act}", body, Stop);
            Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync(Stop));
        }

        string[] wanted = ["case.opened", "case.escalated", "case.resolved", "approval.requested", "rollout.changed"];
        EventLog log = world.Host.Services.GetRequiredService<EventLog>();
        List<StreamEvent> events = await Door.UntilAsync(
            () => log.ReadAsync("default", 0, EventLog.MaxPage, Stop), found => Array.TrueForAll(wanted, topic => found.Exists(item => item.Topic == topic)));
        StringBuilder text = new();
        foreach (ICallbackSource source in world.Host.Services.GetServices<ICallbackSource>().Where(one => one.Topic != DecisionPayload.Kind))
        {
            CallbackEvent[] its = [.. events.Where(item => item.Topic == source.Topic).Select(item => new CallbackEvent(item.Topic, item.CreatedAt, item.SubjectId ?? Guid.Empty))];
            foreach (CallbackPayload payload in Enum.GetValues<CallbackPayload>())
            {
                Dictionary<Guid, byte[]> bodies = await source.BodiesAsync(its, payload, Stop);
                Assert.Equal(its.Length, bodies.Count);
                text.AppendJoin('\n', bodies.Values.Select(Encoding.UTF8.GetString)).AppendLine();
            }
        }

        return text.ToString();
    }

    /// <summary>A host that exports its spans, logs its requests, and has taken the planted transaction in.</summary>
    private sealed class World : IAsyncDisposable
    {
        public const string TransactionId = "pay 4111111111111111 john.smith@example.com";
        private Sink? _collector;

        public TestDataPlane Host { get; private set; } = null!;

        public Guid Id { get; private set; }

        public ConcurrentQueue<string> Logged { get; } = new();

        public ConcurrentQueue<string> Exported { get; } = new();

        public static async Task<World> StartAsync()
        {
            World world = new();
            world._collector = await Sink.StartAsync(world.CollectAsync);
            world.Host = await TestDataPlane.StartAsync(
                DatabaseKind.Sqlite, "--OTEL_EXPORTER_OTLP_ENDPOINT", world._collector.Url.ToString(), "--OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "--OTEL_BSP_SCHEDULE_DELAY", "100",
                "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Information");
            world.Host.Services.GetRequiredService<ILoggerFactory>().AddProvider(new Capture(world.Logged));
            string body = JsonSerializer.Serialize(new
            {
                transaction_id = TransactionId,
                amount = 5,
                type = "card",
                account = Iban,
                counterparty = Card,
                meta = new { note = All, ssn = Ssn, phone = Phone, ip = Ip, nested = new { email = Email } },
            });
            JsonElement answer = await world.Host.PostAsync(body);
            world.Id = answer.GetProperty("results")[0].GetProperty("id").GetGuid();
            await RestoredDatabaseTests.ProvenAsync(world.Host, "after");
            return world;
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await _collector!.DisposeAsync();
        }

        private async Task CollectAsync(HttpContext context)
        {
            using StreamReader reader = new(context.Request.Body, Encoding.Latin1);
            Exported.Enqueue(await reader.ReadToEndAsync(context.RequestAborted));
            context.Response.StatusCode = 200;
        }
    }

    /// <summary>Keeps all that a provider gets: text, named values, scopes, exceptions.</summary>
    private sealed class Capture(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue(Told(state));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {Told(state)} {exception}");

        private static string Told<TState>(TState state) => $"{state} " + (state is IEnumerable<KeyValuePair<string, object?>> pairs
            ? string.Join(' ', pairs.Select(pair => $"{pair.Key}={(pair.Value is IEnumerable<string> texts ? string.Join(',', texts) : pair.Value)}"))
            : "");
    }
}
