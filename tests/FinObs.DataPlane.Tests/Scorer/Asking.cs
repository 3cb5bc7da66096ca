using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Inference;
using Google.Protobuf;

namespace FinObs.DataPlane.Tests.Scorer;

/// <summary>The four forms in which a client may ask, written by hand from the specification where that is text.</summary>
public enum Form
{
    GrpcRaw,
    GrpcTyped,
    RestJson,
    RestBinary,
}

internal static class Asking
{
    public static async Task<Dictionary<string, double[]>> ForAsync(TestScorer scorer, Form form, float[] rows, params string[] outputs) => form switch
    {
        Form.GrpcRaw or Form.GrpcTyped => Read(await scorer.Grpc.ModelInferAsync(
            Request(rows, form == Form.GrpcRaw, outputs), cancellationToken: TestContext.Current.CancellationToken)),
        Form.RestJson => await JsonAsync(scorer, rows, outputs),
        _ => await BinaryAsync(scorer, rows, outputs),
    };

    public static ModelInferRequest Request(float[] rows, bool raw, params string[] outputs)
    {
        int features = TestScorer.Model.FeatureCount;
        ModelInferRequest.Types.InferInputTensor input = new() { Name = "features", Datatype = "FP32", Shape = { rows.Length / features, features } };
        ModelInferRequest request = new() { ModelName = TestScorer.Model.Manifest.Model, Id = "42", Inputs = { input } };
        request.Outputs.AddRange(outputs.Select(name => new ModelInferRequest.Types.InferRequestedOutputTensor { Name = name }));
        if (raw)
        {
            request.RawInputContents.Add(ByteString.CopyFrom(MemoryMarshal.AsBytes(rows.AsSpan())));
        }
        else
        {
            input.Contents = new InferTensorContents { Fp32Contents = { rows } };
        }

        return request;
    }

    public static string Json(float[] rows, params string[] outputs)
    {
        int features = TestScorer.Model.FeatureCount;
        string data = string.Join(',', rows.Chunk(features).Select(row => $"[{string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}]"));
        string wanted = outputs.Length == 0 ? "" : $",\"outputs\":[{string.Join(',', outputs.Select(name => $"{{\"name\":\"{name}\"}}"))}]";
        return $$"""{"id":"42","inputs":[{"data":[{{data}}],"shape":[{{rows.Length / features}},{{features}}],"name":"features","datatype":"FP32"}]{{wanted}}}""";
    }

    public static async Task<HttpResponseMessage> PostAsync(TestScorer scorer, string json, string? path = null)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        return await scorer.Http.PostAsync(new Uri(path ?? $"/v2/models/{TestScorer.Model.Manifest.Model}/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    private static async Task<Dictionary<string, double[]>> JsonAsync(TestScorer scorer, float[] rows, string[] outputs)
    {
        using HttpResponseMessage answer = await PostAsync(scorer, Json(rows, outputs));
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        JsonElement root = JsonDocument.Parse(text).RootElement;
        Assert.Equal("42", root.GetProperty("id").GetString());
        return root.GetProperty("outputs").EnumerateArray().ToDictionary(
            output => output.GetProperty("name").GetString()!, output => output.GetProperty("data").EnumerateArray().Select(value => value.GetDouble()).ToArray());
    }

    private static async Task<Dictionary<string, double[]>> BinaryAsync(TestScorer scorer, float[] rows, string[] outputs)
    {
        int features = TestScorer.Model.FeatureCount;
        byte[] bytes = MemoryMarshal.AsBytes(rows.AsSpan()).ToArray();
        string wanted = outputs.Length == 0 ? "" : $",\"outputs\":[{string.Join(',', outputs.Select(name => $"{{\"name\":\"{name}\"}}"))}]";
        byte[] head = Encoding.UTF8.GetBytes(
            $$$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"features","shape":[{{{rows.Length / features}}},{{{features}}}],"datatype":"FP32","parameters":{"binary_data_size":{{{bytes.Length}}} }}]{{{wanted}}}}""");
        using ByteArrayContent content = new([.. head, .. bytes]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        content.Headers.Add("Inference-Header-Content-Length", $"{head.Length}");
        using HttpResponseMessage answer = await scorer.Http.PostAsync(
            new Uri($"/v2/models/{TestScorer.Model.Manifest.Model}/versions/{TestScorer.Model.Manifest.Version}/infer", UriKind.Relative), content, TestContext.Current.CancellationToken);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        int length = int.Parse(answer.Headers.GetValues("Inference-Header-Content-Length").Single(), CultureInfo.InvariantCulture);
        Dictionary<string, double[]> values = [];
        int at = length;
        foreach (JsonElement output in JsonDocument.Parse(body.AsMemory(0, length)).RootElement.GetProperty("outputs").EnumerateArray())
        {
            int size = output.GetProperty("parameters").GetProperty("binary_data_size").GetInt32();
            values[output.GetProperty("name").GetString()!] = MemoryMarshal.Cast<byte, double>(body.AsSpan(at, size)).ToArray();
            at += size;
        }

        Assert.Equal(body.Length, at);
        return values;
    }

    private static Dictionary<string, double[]> Read(ModelInferResponse response)
    {
        Assert.Equal("42", response.Id);
        return response.Outputs.Select((output, i) => (output.Name, Values: response.RawOutputContents.Count > 0
            ? MemoryMarshal.Cast<byte, double>(response.RawOutputContents[i].Span).ToArray()
            : [.. output.Contents.Fp64Contents])).ToDictionary(pair => pair.Name, pair => pair.Values);
    }
}
