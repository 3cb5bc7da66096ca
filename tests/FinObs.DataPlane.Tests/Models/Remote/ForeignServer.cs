using System.Runtime.InteropServices;
using FinObs.DataPlane.Inference;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.DataPlane.Tests.Models.Remote;

/// <summary>
/// A server of somebody else: it speaks the plain protocol and knows neither digests nor SHAP. Its model gives each row two columns, of which
/// the second is ten times the first feature.
/// </summary>
internal sealed class ForeignServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ForeignServer(WebApplication app) => _app = app;

    public Uri RestAddress => new(_app.Urls.First());

    public Uri GrpcAddress => new(_app.Urls.Last());

    public static async Task<ForeignServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        WebApplication app = builder.Build();
        app.MapGrpcService<Service>();
        app.MapPost("/v2/models/fraud_xgb/versions/7/infer", InferAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ForeignServer(app);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static float Answer(float first) => 10 * first;

    private static async Task InferAsync(HttpContext context)
    {
        System.Text.Json.JsonElement input = (await System.Text.Json.JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))
            .RootElement.GetProperty("inputs")[0];
        int rows = input.GetProperty("shape")[0].GetInt32(), columns = input.GetProperty("shape")[1].GetInt32();
        float[] data = [.. input.GetProperty("data").EnumerateArray().Select(value => value.GetSingle())];
        float[][] scores = [.. Enumerable.Range(0, rows).Select(i => new[] { 0f, Answer(data[i * columns]) })];

        // Nested, and beside an output of another type that nobody asked for.
        object labels = new { name = "label", datatype = "BYTES", shape = (int[])[1], data = (string[])["x"] };
        await context.Response.WriteAsJsonAsync(
            new { model_name = "fraud_xgb", outputs = (object[])[labels, new { name = "probabilities", datatype = "FP32", shape = (int[])[rows, 2], data = scores }] },
            context.RequestAborted);
    }

    private sealed class Service : GRPCInferenceService.GRPCInferenceServiceBase
    {
        public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
        {
            if (request is not { ModelName: "fraud_xgb", ModelVersion: "7" } || request.Inputs[0].Name != "x" || request.Outputs.Any(output => output.Name != "probabilities"))
            {
                throw new RpcException(new Status(StatusCode.InvalidArgument, "unknown model, input or output"));
            }

            (int rows, int columns) = ((int)request.Inputs[0].Shape[0], (int)request.Inputs[0].Shape[1]);
            ReadOnlySpan<float> data = MemoryMarshal.Cast<byte, float>(request.RawInputContents[0].Span);
            float[] scores = new float[rows * 2];
            for (int i = 0; i < rows; i++)
            {
                scores[(i * 2) + 1] = Answer(data[i * columns]);
            }

            return Task.FromResult(new ModelInferResponse
            {
                ModelName = "fraud_xgb",
                Outputs = { new ModelInferResponse.Types.InferOutputTensor { Name = "probabilities", Datatype = "FP32", Shape = { rows, 2 } } },
                RawOutputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes(scores.AsSpan())) },
            });
        }
    }
}
