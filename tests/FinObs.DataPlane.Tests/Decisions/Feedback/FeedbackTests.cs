using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Decisions.Feedback;

/// <summary>What decisions turned out to be, and the figures that follow.</summary>
public sealed class FeedbackTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    /// <summary>Small amounts go through by the model, from 1,000 on a person looks, from 5,000 on it is blocked.</summary>
    public FeedbackTests() => File.WriteAllText(_folder.Combine("rules.yaml"), """
        rules:
          - {id: large, version: 1, type: amountLimit, regulation: internal policy, outcome: block, amount: 5000}
          - {id: middling, version: 1, type: amountLimit, regulation: internal policy, outcome: review, amount: 1000}
        """);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task The_figures_are_those_worked_by_hand(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);

        // Decided block, review, approve; with how many frauds and legitimate ones each, and one of each that nobody labelled.
        (int Amount, int Fraud, int Legitimate)[] groups = [(6_000, 3, 1), (2_000, 2, 2), (10, 1, 4)];
        int number = 0;
        foreach ((int amount, int fraud, int legitimate) in groups)
        {
            for (int i = 0; i < fraud + legitimate + 1; i++)
            {
                string id = await DecideAsync(host, $"f-{number++}", amount);
                if (i < fraud + legitimate)
                {
                    await GiveAsync(host, id, new { actual = i < fraud ? "fraud" : "legitimate", source = "chargeback" });
                }
            }
        }

        JsonElement evaluation = await host.GetAsync("/v1/metrics/evaluation?days=1");

        Assert.Equal(("ok", 13, 6, 7), (evaluation.GetProperty("status").GetString(), Whole(evaluation, "labelled"), Whole(evaluation, "fraud"), Whole(evaluation, "legitimate")));

        // Flagged: TP 3 + 2, FP 1 + 2, FN 1, TN 4.
        JsonElement flagged = evaluation.GetProperty("flagged");
        Assert.Equal((5, 3, 1, 4), (Whole(flagged, "truePositives"), Whole(flagged, "falsePositives"), Whole(flagged, "falseNegatives"), Whole(flagged, "trueNegatives")));
        Assert.Equal(
            [5 / 8.0, 5 / 6.0, 10 / 14.0, 3 / 7.0, 9 / 13.0],
            ((string[])["precision", "recall", "f1", "falsePositiveRate", "accuracy"]).Select(name => flagged.GetProperty(name).GetDouble()));

        // Blocked: TP 3, FP 1, FN 2 + 1, TN 2 + 4.
        JsonElement blocked = evaluation.GetProperty("blocked");
        Assert.Equal([3 / 4.0, 3 / 6.0], ((string[])["precision", "recall"]).Select(name => blocked.GetProperty(name).GetDouble()));
        Assert.Equal(
            [("approve", 1, 4), ("manual_review", 2, 2), ("block", 3, 1)],
            (await host.GetAsync("/v1/metrics/confusion")).GetProperty("cells").EnumerateArray().Select(cell => (cell.GetProperty("decided").GetString()!, Whole(cell, "fraud"), Whole(cell, "legitimate"))));
        JsonElement[] bands = [.. (await host.GetAsync("/v1/metrics/calibration")).GetProperty("bands").EnumerateArray()];
        Assert.Equal((13, 6), (bands.Sum(band => Whole(band, "labelled")), bands.Sum(band => Whole(band, "fraud"))));
        Assert.All(bands, band => Assert.InRange(band.GetProperty("averageScore").GetDouble(), band.GetProperty("from").GetDouble(), band.GetProperty("to").GetDouble()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task The_last_word_holds_and_every_word_is_kept_and_proven(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        string id = await DecideAsync(host, "f-1", 10);

        await GiveAsync(host, id, new { actual = "fraud", notes = "Chargeback came in.", source = "chargeback" });
        await GiveAsync(host, id, new { actual = "legitimate" });
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(TransactionLabel.Legitimate, (await db.TransactionLabels.SingleAsync(Ct)).Label);
        await GiveAsync(host, id, new { actual = "withdrawn" });

        Assert.Equal(0, await db.TransactionLabels.CountAsync(Ct));
        int[] revisions = await db.LabelHistory.OrderBy(row => row.Revision).Select(row => row.Revision).ToArrayAsync(Ct);
        Assert.Equal([1, 2, 3], revisions);
        JsonElement[] said = [.. (await host.GetAsync($"/v1/feedback?decision={id}")).GetProperty("items").EnumerateArray()];
        Assert.Equal(["withdrawn", "legitimate", "fraud"], said.Select(word => word.GetProperty("actual").GetString()));
        Assert.Equal(("local", "chargeback", "approve"), (said[2].GetProperty("by").GetString(), said[2].GetProperty("source").GetString(), said[2].GetProperty("decided").GetString()));
        JsonElement evaluation = await host.GetAsync("/v1/metrics/evaluation");
        Assert.Equal(("insufficient_labels", JsonValueKind.Null), (evaluation.GetProperty("status").GetString(), evaluation.GetProperty("flagged").GetProperty("precision").ValueKind));
        VerificationReport report;
        do
        {
            report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Ct);
        }
        while (report.Payloads < 8);

        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Of_many_who_speak_at_once_all_are_heard_and_one_label_holds(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        string id = await DecideAsync(host, "f-1", 10);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => GiveAsync(host, id, new { actual = i % 2 == 0 ? "fraud" : "legitimate" })));

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        LabelHistoryRow last = await db.LabelHistory.OrderByDescending(row => row.Revision).FirstAsync(Ct);
        TransactionLabelRow holds = await db.TransactionLabels.SingleAsync(Ct);
        Assert.Equal((6, last.Label, last.Origin), (holds.Revision, holds.Label, holds.Origin));
    }

    [Fact]
    public async Task What_is_not_valid_is_refused_with_what_to_do()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        string id = await DecideAsync(host, "f-1", 10);

        foreach ((object body, string at, int status) in ((object, string, int)[])[(new { actual = "maybe" }, id, 422), (new { actual = "fraud", source = "A b" }, id, 422), (new { actual = "fraud" }, Guid.Empty.ToString(), 404)])
        {
            using HttpResponseMessage answer = await host.Client.PostAsJsonAsync($"/v1/decisions/{at}/feedback", body, Ct);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        foreach (string path in (string[])["/v1/metrics/evaluation?days=0", "/v1/metrics/confusion?days=9999", "/v1/feedback?limit=501", "/v1/feedback?actual=x"])
        {
            using HttpResponseMessage answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative), Ct);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    private Task<TestDataPlane> StartAsync(DatabaseKind kind) => TestDataPlane.StartAsync(kind, "--Rules:Path", _folder.FullPath);

    private static async Task<string> DecideAsync(TestDataPlane host, string id, int amount) =>
        (await host.PostAsync(JsonSerializer.Serialize(new { transaction_id = id, amount, type = "card", account = id }))).GetProperty("results")[0].GetProperty("id").GetString()!;

    private static async Task GiveAsync(TestDataPlane host, string id, object body)
    {
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync($"/v1/decisions/{id}/feedback", body, Ct);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Ct));
    }

    private static int Whole(JsonElement json, string name) => json.GetProperty(name).GetInt32();
}
