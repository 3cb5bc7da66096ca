using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Report;
using FinObs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FinObs.Benchmarks.Pulls;

/// <summary><c>pull [--rows N]</c>: one answer of many rows, pulled by the real process on SQLite. How fast, and how much memory?</summary>
internal static class PullCommand
{
    private const string Path = "/v1/namespaces/default/pullsources/bench";

    public static Command Create()
    {
        Option<int> rows = new("--rows") { Description = "Rows of the answer, at most 1,000,000.", DefaultValueFactory = _ => 1_000_000 };
        Command command = new("pull", "Pull one long answer and look at time and memory.") { rows };
        command.SetAction(async (parsed, cancellationToken) => await RunAsync(parsed.GetValue(rows), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int rows, CancellationToken cancellationToken)
    {
        using TemporaryFolder folder = new();
        await using WebApplication bank = await StartBankAsync(rows, cancellationToken);
        await using DataPlaneProcess host = await DataPlaneProcess.StartAsync(folder.FullPath, ["--Demo:Enabled", "false", "--Logging:LogLevel:Default", "Warning"]);
        long start = TimeProvider.System.GetTimestamp();
        MemorySampler memory = new(() => host.ProcessId, () => (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        double before = ResidentMemory.Of(host.ProcessId);
        using (HttpResponseMessage put = await host.Client.PutAsJsonAsync(Path, Submission(bank.Urls.First()), cancellationToken))
        {
            put.EnsureSuccessStatusCode();
        }

        JsonElement run = await UntilRunAsync(host.Client, cancellationToken);
        await memory.DisposeAsync();
        double seconds = (run.GetProperty("endedAt").GetDateTimeOffset() - run.GetProperty("startedAt").GetDateTimeOffset()).TotalSeconds;
        string found = string.Create(CultureInfo.InvariantCulture,
            $"{run.GetProperty("outcome").GetString()}: {run.GetProperty("ingested").GetInt64():N0} of {rows:N0} rows in {seconds:N1} s = {run.GetProperty("ingested").GetInt64() / seconds:N0} rows/s; "
            + $"memory {before:N0} MB before, {memory.Course(5)}, peak {memory.Peak:N0} MB. {(run.TryGetProperty("message", out JsonElement message) ? message : default)}");
        Console.WriteLine(found);
        Pages.Write("pull", $"""
            ## A long pull

            One answer of {rows:N0} rows ({rows * 100L / 1_000_000:N0} MB of JSON), pulled by the data plane as a process of its own, on SQLite: read, mapped, scored, stored, with audit leaves.

            {found.Trim()}

            {Machine.Description}
            """);
    }

    private static async Task<JsonElement> UntilRunAsync(HttpClient http, CancellationToken cancellationToken)
    {
        while (true)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"{Path}/runs", UriKind.Relative), cancellationToken);
            JsonElement runs = answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("runs") : default;
            if (runs.ValueKind == JsonValueKind.Array && runs.GetArrayLength() > 0)
            {
                return runs[0];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
    }

    private static JsonObject Submission(string url) => new()
    {
        ["managedBy"] = "Api",
        ["spec"] = new JsonObject
        {
            ["url"] = url,
            ["schedule"] = new JsonObject { ["interval"] = "24h", ["timeout"] = "10m" },
            ["response"] = new JsonObject { ["maxItems"] = 1_000_000, ["maxBytes"] = "1Gi" },
            ["mapping"] = new JsonObject { ["transactionId"] = "$.id", ["amount"] = "$.amount", ["currency"] = "$.ccy", ["accountId"] = "$.account", ["type"] = "$.type", ["timestamp"] = "$.at" },
            ["network"] = new JsonObject { ["allowPrivate"] = true },
        },
    };

    private static async Task<WebApplication> StartBankAsync(int rows, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("[", context.RequestAborted);
            for (int i = 0; i < rows; i++)
            {
                await context.Response.WriteAsync(
                    $$"""{{(i == 0 ? "" : ",")}}{"id":"p-{{i}}","amount":{{(i % 9973) + 1}}.25,"ccy":"EUR","account":"acc-{{i % 5000}}","type":"card","at":{{1_767_225_600 + (i / 10)}}}""", context.RequestAborted);
            }

            await context.Response.WriteAsync("]", context.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        return app;
    }
}
