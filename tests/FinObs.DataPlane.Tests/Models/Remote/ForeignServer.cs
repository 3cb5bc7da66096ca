using System.Collections.Concurrent;
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

/// <summary>A model on a server of somebody else.</summary>
/// <param name="Name">What it is called there.</param>
/// <param name="Version">Its version there.</param>
/// <param name="Input">Its input.</param>
/// <param name="Output">Its output, FP32.</param>
/// <param name="Columns">C of the output's [N, C].</param>
/// <param name="Answer">N × F values and N to N × C values.</param>
internal sealed record PlayedModel(string Name, string Version, string Input, string Output, int Columns, Func<float[], int, float[]> Answer);

/// <summary>A server of somebody else: it speaks the plain protocol and knows neither digests nor SHAP.</summary>
internal sealed class ForeignServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly PlayedModel _model;

    private ForeignServer(WebApplication app, PlayedModel model) => (_app, _model) = (app, model);

    public Uri RestAddress => new(_app.Urls.First());

    public Uri GrpcAddress => new(_app.Urls.Last());

    /// <summary>What each request showed as Authorization; empty = nothing.</summary>
    public ConcurrentQueue<string> Shown { get; } = [];

    /// <summary>Each row gets two columns, of which the second is ten times the first feature.</summary>
    public static Task<ForeignServer> StartAsync() =>
        StartAsync(new PlayedModel("fraud_xgb", "7", "x", "probabilities", 2, (data, rows) => [.. Enumerable.Range(0, rows).SelectMany(i => new[] { 0f, 10 * data[i * (data.Length / rows)] })]));

    public static async Task<ForeignServer> StartAsync(PlayedModel model)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<Service>();
        WebApplication app = builder.Build();
        ForeignServer server = new(app, model);
        app.Services.GetRequiredService<Service>().Server = server;
        app.MapGrpcService<Service>();
        app.MapPost($"/v2/models/{model.Name}/versions/{model.Version}/infer", server.InferAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task InferAsync(HttpContext context)
    {
        Shown.Enqueue(context.Request.Headers.Authorization.ToString());
        System.Text.Json.JsonElement input = (await System.Text.Json.JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))
            .RootElement.GetProperty("inputs")[0];
        int rows = input.GetProperty("shape")[0].GetInt32();
        float[] answers = _model.Answer([.. input.GetProperty("data").EnumerateArray().Select(value => value.GetSingle())], rows);

        // Nested, and beside an output of another type that nobody asked for.
        object labels = new { name = "label", datatype = "BYTES", shape = (int[])[1], data = (string[])["x"] };
        object scores = new { name = _model.Output, datatype = "FP32", shape = (int[])[rows, _model.Columns], data = answers.Chunk(_model.Columns) };
        await context.Response.WriteAsJsonAsync(new { model_name = _model.Name, outputs = (object[])[labels, scores] }, context.RequestAborted);
    }

    private ModelInferResponse Infer(ModelInferRequest request)
    {
        if (request.ModelName != _model.Name || request.ModelVersion != _model.Version || request.Inputs[0].Name != _model.Input || request.Outputs.Any(output => output.Name != _model.Output))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "unknown model, input or output"));
        }

        int rows = (int)request.Inputs[0].Shape[0];
        float[] answers = _model.Answer(MemoryMarshal.Cast<byte, float>(request.RawInputContents[0].Span).ToArray(), rows);
        return new ModelInferResponse
        {
            ModelName = _model.Name,
            Outputs = { new ModelInferResponse.Types.InferOutputTensor { Name = _model.Output, Datatype = "FP32", Shape = { rows, _model.Columns } } },
            RawOutputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes(answers.AsSpan())) },
        };
    }

    private sealed class Service : GRPCInferenceService.GRPCInferenceServiceBase
    {
        public ForeignServer Server { get; set; } = null!;

        public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
        {
            Server.Shown.Enqueue(context.RequestHeaders.GetValue("authorization") ?? "");
            return Task.FromResult(Server.Infer(request));
        }
    }
}
