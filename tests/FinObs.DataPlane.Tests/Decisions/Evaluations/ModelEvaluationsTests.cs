using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Decisions.Evaluations;

/// <summary>Evaluations that somebody submitted.</summary>
public sealed class ModelEvaluationsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>By hand: flagged TP 3 (two of them by the other word), FP 1, FN 2, TN 4.</summary>
    private static readonly (string Predicted, string Actual)[] Better =
    [
        ("block", "block"), ("block", "manual_review"), ("manual_review", "block"), ("manual_review", "approve"), ("approve", "block"), ("approve", "manual_review"),
        ("approve", "approve"), ("approve", "approve"), ("approve", "approve"), ("approve", "approve"),
    ];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_submission_is_counted_kept_proven_and_the_newest_of_each_version_is_ranked(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);

        await SubmitAsync(host, "a@1.0.0", Better);
        JsonElement kept = (await SubmitAsync(host, "b@1.0.0", Better)).GetProperty("submission");
        await SubmitAsync(host, "a@1.0.0", [("approve", "block"), ("block", "approve")]);

        Assert.Equal([7 / 10.0, 3 / 4.0, 3 / 5.0, 6 / 9.0], ((string[])["accuracy", "precision", "recall", "f1"]).Select(name => kept.GetProperty(name).GetDouble()));
        JsonElement matrix = kept.GetProperty("confusion_matrix");
        Assert.Equal((4, 1, 1, 1), (Cell(matrix, "approve", "approve"), Cell(matrix, "approve", "block"), Cell(matrix, "manual_review", "approve"), Cell(matrix, "block", "manual_review")));
        JsonElement board = await host.GetAsync("/agent/compliance/eval/leaderboard");
        Assert.Equal("submissions", board.GetProperty("basis").GetString());
        Assert.Equal([("b@1.0.0", 10), ("a@1.0.0", 2)], board.GetProperty("leaderboard").EnumerateArray().Select(one => (one.GetProperty("model_version").GetString()!, one.GetProperty("n_predictions").GetInt32())));
        Assert.Equal(["a@1.0.0"], Versions(await host.GetAsync("/agent/compliance/eval/results?limit=1")));
        Assert.Equal(["a@1.0.0", "a@1.0.0"], Versions(await host.GetAsync("/agent/compliance/eval/audit-trail?model_version=a@1.0.0")));
        Assert.Equal(["a@1.0.0", "b@1.0.0", "a@1.0.0"], Versions(await host.GetAsync("/v1/evaluations")));

        VerificationReport report;
        do
        {
            report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Stop);
        }
        while (report.Payloads < 3);

        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
    }

    [Fact]
    public async Task What_is_not_valid_is_refused()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        object good = new { transaction_id = "t", predicted_action = "block", actual_action = "approve" };

        foreach (object[] predictions in (object[][])[[], [good, good], [new { transaction_id = "t", predicted_action = "maybe", actual_action = "approve" }], [new { transaction_id = "t" }]])
        {
            using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("/v1/evaluations", new { model_version = "a@1", predictions }, Stop);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        }

        using HttpResponseMessage nameless = await host.Client.PostAsJsonAsync("/agent/compliance/eval/submit", new[] { good }, Stop);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nameless.StatusCode);
        using HttpResponseMessage page = await host.Client.GetAsync(new Uri("/v1/evaluations?limit=501", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
    }

    private static async Task<JsonElement> SubmitAsync(TestDataPlane host, string version, (string Predicted, string Actual)[] pairs)
    {
        var body = pairs.Select((pair, i) => new { transaction_id = $"t-{i}", predicted_action = pair.Predicted, actual_action = pair.Actual });
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync($"/agent/compliance/eval/submit?model_version={Uri.EscapeDataString(version)}", body, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static int Cell(JsonElement matrix, string predicted, string actual) => matrix.GetProperty(predicted).GetProperty(actual).GetInt32();

    private static IEnumerable<string?> Versions(JsonElement page) => page.GetProperty("results").EnumerateArray().Select(one => one.GetProperty("model_version").GetString());
}
