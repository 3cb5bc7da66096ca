using System.Data.Common;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FinObs.EndToEnd.Tests.Pulls;

/// <summary>A process that dies by SIGKILL in the middle of a page loses no transaction of the source and doubles none.</summary>
public sealed class KilledPullTests
{
    private const int Pages = 20;
    private const int PageItems = 250;
    private const int Kills = 3;
    private const string Path = "/v1/namespaces/default/pullsources/bank";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_transaction_is_there_once_after_kills_in_the_middle_of_pages(bool onPostgreSql)
    {
        await using Installation installation = await Installation.CreateAsync(onPostgreSql ? DatabaseKind.PostgreSql : DatabaseKind.Sqlite);
        await using WebApplication bank = await StartBankAsync();
        string[] quick = ["--Pulls:LeaseLength", "00:00:01", "--Pulls:PollPeriod", "00:00:00.100", "--Pulls:ChunkItems", "100"];
        DataPlaneProcess host = await installation.StartAsync(quick);
        try
        {
            using (HttpResponseMessage put = await host.Client.PutAsJsonAsync(Path, Submission(bank.Urls.First()), Stop))
            {
                Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Stop));
            }

            for (int kill = 1; kill <= Kills; kill++)
            {
                int reached = Pages * PageItems * kill / (Kills + 1);
                await UntilAsync(() => CountAsync(installation, "transactions"), count => count >= reached);
                await host.KillAsync();
                await host.DisposeAsync();
                host = await installation.StartAsync(quick);
            }

            await UntilAsync(() => CountAsync(installation, "pull_runs WHERE outcome = 'Completed'"), count => count > 0);
            Assert.Equal(Pages * PageItems, await CountAsync(installation, "transactions"));
            Assert.Equal(Pages * PageItems, await CountAsync(installation, "(SELECT DISTINCT transaction_id FROM transactions) AS ids"));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private static JsonObject Submission(string url) => new()
    {
        ["managedBy"] = "Api",
        ["spec"] = new JsonObject
        {
            ["url"] = url,
            ["schedule"] = new JsonObject { ["interval"] = "1h" },
            ["pagination"] = new JsonObject { ["type"] = "Cursor", ["cursorPath"] = "$.next", ["param"] = "after" },
            ["response"] = new JsonObject { ["maxItems"] = 1_000_000 },
            ["mapping"] = new JsonObject { ["transactionId"] = "$.id", ["amount"] = "$.amount", ["accountId"] = "$.account" },
            ["network"] = new JsonObject { ["allowPrivate"] = true },
        },
    };

    private static async Task<WebApplication> StartBankAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(context =>
        {
            int page = int.Parse(context.Request.Query["after"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
            string items = string.Join(',', Enumerable.Range(page * PageItems, PageItems).Select(i => $$"""{"id":"b-{{i}}","amount":{{(i % 997) + 1}},"account":"a-{{i % 50}}"}"""));
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync($$"""{"data":[{{items}}],"next":{{(page + 1 < Pages ? $"\"{page + 1}\"" : "null")}}}""");
        });
        await app.StartAsync(Stop);
        return app;
    }

    private static async Task<long> CountAsync(Installation installation, string table)
    {
        await using DbConnection connection = await installation.ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(Stop), CultureInfo.InvariantCulture);
    }

    private static async Task UntilAsync(Func<Task<long>> count, Func<long, bool> holds)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!holds(await count()))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(2), "The pull did not get on.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Stop);
        }
    }
}
