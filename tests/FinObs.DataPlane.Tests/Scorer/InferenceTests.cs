using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Inference;
using FinObs.DataPlane.Telemetry;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using Grpc.Core;

namespace FinObs.DataPlane.Tests.Scorer;

/// <summary>What a scorer answers is what this process computes, to the last bit, in whatever form it is asked.</summary>
public sealed class InferenceTests : IAsyncLifetime
{
    private static readonly float[] Rows = TestScorer.Rows(50);

    private TestScorer _scorer = null!;

    public async ValueTask InitializeAsync() => _scorer = await TestScorer.StartReadyAsync("--Scorer:MaxBatchRows", "1000");

    public async ValueTask DisposeAsync() => await _scorer.DisposeAsync();

    [Theory]
    [InlineData(Form.GrpcRaw)]
    [InlineData(Form.GrpcTyped)]
    [InlineData(Form.RestJson)]
    [InlineData(Form.RestBinary)]
    public async Task Scores_are_those_of_this_process_bit_for_bit(Form form)
    {
        double[] margins = new double[50], scores = new double[50];
        TestScorer.Model.Score(Rows, margins, scores);

        Dictionary<string, double[]> answer = await Asking.ForAsync(_scorer, form, Rows);

        Assert.Equal(["margin", "score"], answer.Keys);
        Assert.Equal(margins, answer["margin"]);
        Assert.Equal(scores, answer["score"]);
    }

    [Theory]
    [InlineData(Form.GrpcRaw)]
    [InlineData(Form.GrpcTyped)]
    [InlineData(Form.RestJson)]
    [InlineData(Form.RestBinary)]
    public async Task Explanations_and_terms_on_request_are_those_of_this_process(Form form)
    {
        int features = TestScorer.Model.FeatureCount;
        ScoreExplanation[] expected = [.. Rows.Chunk(features).Select(row => TestScorer.Model.Explain(row))];
        double[] terms = new double[50], errors = new double[Rows.Length];
        ((EnsembleModel)TestScorer.Model).ForestTerms(Rows, terms);
        ((EnsembleModel)TestScorer.Model).ReconstructionErrors(Rows, errors);

        Dictionary<string, double[]> answer = await Asking.ForAsync(
            _scorer, form, Rows, "shap_values", "shap_base", "forest_contributions", "reconstruction_contributions", "isolation_forest_term", "reconstruction_error");

        Assert.Equal(6, answer.Count);
        Assert.Equal(expected.SelectMany(one => one.Contributions), answer["shap_values"]);
        Assert.Equal(expected.Select(one => one.Base), answer["shap_base"]);
        Assert.Equal(expected.SelectMany(one => one.ForestContributions), answer["forest_contributions"]);
        Assert.Equal(expected.SelectMany(one => one.ReconstructionContributions), answer["reconstruction_contributions"]);
        Assert.Equal(terms, answer["isolation_forest_term"]);
        Assert.Equal(errors, answer["reconstruction_error"]);
    }

    [Fact]
    public async Task The_answer_says_what_computed_it_and_how_it_explained()
    {
        ModelInferResponse answer = await _scorer.Grpc.ModelInferAsync(
            Asking.Request(Rows, raw: true, "score", "shap_values"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(TestScorer.Model.Digest, answer.Parameters["digest"].StringParam);
        Assert.Equal(TestScorer.Model.EngineFingerprint, answer.Parameters["engine_fingerprint"].StringParam);
        Assert.Equal("tree_shap_exact", answer.Parameters["method"].StringParam);
        Assert.Equal([50, TestScorer.Model.FeatureCount], answer.Outputs[1].Shape);
    }

    [Fact]
    public async Task Both_forms_describe_server_and_model()
    {
        string name = TestScorer.Model.Manifest.Model;
        ModelMetadataResponse grpc = await _scorer.Grpc.ModelMetadataAsync(new() { Name = name }, cancellationToken: TestContext.Current.CancellationToken);
        JsonElement rest = await GetAsync($"/v2/models/{name}");

        Assert.Equal("features", grpc.Inputs.Single().Name);
        Assert.Equal([-1, TestScorer.Model.FeatureCount], grpc.Inputs.Single().Shape);
        Assert.Equal(grpc.Outputs.Select(output => output.Name), rest.GetProperty("outputs").EnumerateArray().Select(output => output.GetProperty("name").GetString()));
        Assert.Contains("shap_values", grpc.Outputs.Select(output => output.Name));
        Assert.Equal("binary_tensor_data", (await GetAsync("/v2")).GetProperty("extensions")[0].GetString());
        Assert.True((await GetAsync($"/v2/models/{name}/versions/{TestScorer.Model.Manifest.Version}/ready")).GetProperty("ready").GetBoolean());
        Assert.True((await GetAsync("/v2/health/ready")).GetProperty("ready").GetBoolean());
        Assert.True((await _scorer.Grpc.ServerReadyAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        Assert.True((await _scorer.Grpc.ModelReadyAsync(new() { Name = name }, cancellationToken: TestContext.Current.CancellationToken)).Ready);
        Assert.Equal("finobs-scorer", (await _scorer.Grpc.ServerMetadataAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Name);
    }

    [Theory]
    [InlineData("name", StatusCode.InvalidArgument, "called features")]
    [InlineData("datatype", StatusCode.InvalidArgument, "FP32")]
    [InlineData("columns", StatusCode.InvalidArgument, "send [N,")]
    [InlineData("no rows", StatusCode.InvalidArgument, "at least 1")]
    [InlineData("bytes", StatusCode.InvalidArgument, "bytes, 4 were sent")]
    [InlineData("both", StatusCode.InvalidArgument, "no typed contents beside")]
    [InlineData("output", StatusCode.InvalidArgument, "it has margin, score")]
    [InlineData("nan", StatusCode.InvalidArgument, "Row 1 has a value that is not finite in column 0")]
    [InlineData("model", StatusCode.NotFound, "and no other")]
    [InlineData("version", StatusCode.NotFound, "and no other")]
    [InlineData("rows", StatusCode.ResourceExhausted, "at most 1000")]
    public async Task A_wrong_request_is_refused_with_what_to_do(string what, StatusCode code, string message)
    {
        float[] rows = TestScorer.Rows(2);
        rows[TestScorer.Model.FeatureCount] = what == "nan" ? float.NaN : 0;
        ModelInferRequest request = Asking.Request(what == "rows" ? new float[1001 * TestScorer.Model.FeatureCount] : rows, raw: true);
        ModelInferRequest.Types.InferInputTensor input = request.Inputs[0];
        switch (what)
        {
            case "name": input.Name = "x"; break;
            case "datatype": input.Datatype = "FP64"; break;
            case "columns": input.Shape[1]++; break;
            case "no rows": input.Shape[0] = 0; break;
            case "bytes": request.RawInputContents[0] = Google.Protobuf.ByteString.CopyFrom(new byte[4]); break;
            case "both": input.Contents = new() { Fp32Contents = { 1 } }; break;
            case "output": request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "x" }); break;
            case "model": request.ModelName = "x"; break;
            case "version": request.ModelVersion = "9.9.9"; break;
        }

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => _scorer.Grpc.ModelInferAsync(request, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);

        Assert.Equal(code, refusal.StatusCode);
        Assert.Contains(message, refusal.Status.Detail);
    }

    [Theory]
    [InlineData("{", 400, "not valid JSON")]
    [InlineData("[]", 400, "no object at byte 0")]
    [InlineData("{}", 400, "exactly one input")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1,2],"datatype":"FP32","data":[1,"a"]}]}""", 400, "not a number")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1.5],"datatype":"FP32","data":[]}]}""", 400, "not whole")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""", 400, "has shape [1, 2]")]
    [InlineData("""{"inputs":[{"name":"features","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}}]}""", 400, "says 8 bytes, 0 follow")]
    [InlineData("""{"inputs":[]} x""", 400, "not valid JSON")]
    public async Task A_wrong_body_is_refused_in_the_protocols_form(string body, int status, string message)
    {
        using HttpResponseMessage answer = await Asking.PostAsync(_scorer, body);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(message, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task An_unknown_model_is_404_and_a_body_too_large_413()
    {
        using HttpResponseMessage unknown = await Asking.PostAsync(_scorer, Asking.Json(Rows), "/v2/models/x/infer");
        using HttpResponseMessage many = await Asking.PostAsync(_scorer, Asking.Json(new float[1001 * TestScorer.Model.FeatureCount]));

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, many.StatusCode);
        await using TestScorer small = await TestScorer.StartReadyAsync("--Scorer:MaxBodyBytes", "2048");
        using HttpResponseMessage large = await Asking.PostAsync(small, Asking.Json(Rows));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
    }

    [Fact]
    public async Task The_callers_trace_goes_on_in_the_scorer()
    {
        ConcurrentBag<Activity> spans = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == FinObsTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        string trace = ActivityTraceId.CreateRandom().ToHexString();

        await _scorer.Grpc.ModelInferAsync(
            Asking.Request(Rows, raw: true), new Metadata { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" } }, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(spans, span => span.OperationName == Steps.Infer && span.TraceId.ToHexString() == trace);
    }

    private async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await _scorer.Http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken)).RootElement;
}
