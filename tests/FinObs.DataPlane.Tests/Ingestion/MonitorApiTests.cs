using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class MonitorApiTests : IAsyncLifetime
{
    private const string Path = "/agent/compliance/monitor";

    private readonly IngestionHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_answer_has_the_shape_that_clients_know()
    {
        Answer answer = await _host.PostAsync(Path, """{"id":"m1","amount":150000,"counterparty":"c","account":"a","timestamp":"2026-03-31T10:00:00Z","type":"wire_transfer"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            ["action", "confidence", "reasoning", "alternatives", "audit_trail", "transaction_id", "anomaly_score", "model_version", "trace_id", "id"],
            answer.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("block", answer.Json.GetProperty("action").GetString());
        Assert.InRange(answer.Json.GetProperty("confidence").GetInt32(), 50, 100);
        Assert.Equal(["approve", "manual_review"], answer.Json.GetProperty("alternatives").EnumerateArray().Select(a => a.GetProperty("action").GetString()));
        Assert.Equal("FINRA Rule 4511 / SEC Rule 17a-4 books and records", answer.Json.GetProperty("audit_trail").GetProperty("regulation").GetString());
        Assert.Equal("m1", answer.Json.GetProperty("transaction_id").GetString());
    }

    [Fact]
    public async Task It_takes_the_pipeline_of_everyone_as_the_source_monitor()
    {
        await _host.PostAsync(Path, """{"id":"m1","amount":10}""");

        Assert.Equal("monitor", Assert.Single(_host.Pipeline.Batches).Source);
    }

    [Fact]
    public async Task The_same_question_has_the_same_answer()
    {
        const string body = """{"id":"m1","amount":20000,"timestamp":"2026-03-31T10:00:00Z"}""";

        Answer first = await _host.PostAsync(Path, body);
        Answer second = await _host.PostAsync(Path, body);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.Equal(HttpStatusCode.Conflict, (await _host.PostAsync(Path, """{"id":"m1","amount":20001}""")).Status);
    }

    [Theory]
    [InlineData("[]", HttpStatusCode.BadRequest, "not_an_object")]
    [InlineData("{\"amount\":-5}", HttpStatusCode.UnprocessableEntity, "amount_not_positive")]
    [InlineData("{\"amount\":", HttpStatusCode.BadRequest, "malformed_json")]
    [InlineData("", HttpStatusCode.BadRequest, "empty_body")]
    public async Task Bad_input_is_a_problem(string body, HttpStatusCode status, string code)
    {
        Answer answer = await _host.PostAsync(Path, body);

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Ndjson_is_not_for_it() => Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await _host.PostAsync(Path, "{\"amount\":1}", "application/x-ndjson")).Status);

    [Fact]
    public async Task A_full_queue_is_a_429()
    {
        _host.Pipeline.Failures.Enqueue(new PipelineOverloadedException(TimeSpan.FromSeconds(1)));

        Assert.Equal(HttpStatusCode.TooManyRequests, (await _host.PostAsync(Path, """{"amount":1}""")).Status);
    }

    [Fact]
    public async Task Explain_answers_with_every_feature_the_strongest_first()
    {
        Answer answer = await _host.PostAsync("/agent/compliance/explain", """{"amount":5,"type":"wire"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonElement[] features = [.. answer.Json.GetProperty("features").EnumerateArray()];
        Assert.Equal(["type@1", "hour@1", "amount@1", "rarity@1", "zero@1"], features.Select(f => f.GetProperty("feature").GetString()));
        Assert.Equal(["type@1", "amount@1", "rarity@1"], answer.Json.GetProperty("top_risk_factors").EnumerateArray().Select(f => f.GetString()));
        Assert.Equal(["hour@1"], answer.Json.GetProperty("top_safe_factors").EnumerateArray().Select(f => f.GetString()));
        JsonElement waterfall = answer.Json.GetProperty("waterfall");
        double sum = waterfall.GetProperty("base").GetDouble() + waterfall.GetProperty("steps").EnumerateArray().Sum(s => s.GetProperty("contribution").GetDouble());
        Assert.Equal(waterfall.GetProperty("final").GetDouble(), sum, 12);
        Assert.Equal(answer.Json.GetProperty("model_output").GetDouble(), sum, 12);
        Assert.Equal("risk_decreasing", features[1].GetProperty("direction").GetString());
        Assert.Empty(_host.Pipeline.Batches);
    }

    [Fact]
    public async Task Explain_batch_is_the_mean_of_the_absolute_contributions()
    {
        Answer answer = await _host.PostAsync("/agent/compliance/explain-batch", """[{"amount":5},{"amount":6},{"amount":7}]""");

        Assert.Equal(3, answer.Json.GetProperty("n_transactions").GetInt32());
        Dictionary<string, double> importance = answer.Json.GetProperty("feature_importance").EnumerateArray()
            .ToDictionary(f => f.GetProperty("feature").GetString()!, f => f.GetProperty("mean_abs_shap").GetDouble());
        Assert.Equal(0.5, importance["amount@1"], 12);
        Assert.Equal(0.5, importance["hour@1"], 12);
        Assert.Equal(1, importance["type@1"], 12);
    }

    [Fact]
    public async Task Explain_batch_of_a_bad_item_says_which()
    {
        Answer answer = await _host.PostAsync("/agent/compliance/explain-batch", """[{"amount":5},{"amount":0}]""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "amount_not_positive"), (answer.Status, answer.Code));
        Assert.Equal(1, answer.Json.GetProperty("index").GetInt32());
        Assert.Equal("empty_batch", (await _host.PostAsync("/agent/compliance/explain-batch", "[]")).Code);
    }

    [Fact]
    public async Task Explain_without_a_model_is_a_503()
    {
        _host.Pipeline.Failures.Enqueue(new PipelineUnavailableException("no model"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _host.PostAsync("/agent/compliance/explain", """{"amount":5}""")).Status);
    }
}
