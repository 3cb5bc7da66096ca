using System.Buffers;
using System.IO.Pipelines;
using FinObs.DataPlane.Inference;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Scorer;

/// <summary>The Open Inference Protocol over REST: translation only, with binary tensors where the client wants them.</summary>
internal static class RestInferenceApi
{
    public static void MapRestInference(this WebApplication app)
    {
        app.MapGet("/v2", () => TypedResults.Ok(new { name = ServedModel.ServerName, version = ServedModel.ServerVersion, extensions = ServedModel.Extensions }));
        foreach (string model in (string[])["/v2/models/{name}", "/v2/models/{name}/versions/{version}"])
        {
            app.MapGet(model, Metadata);
            app.MapGet(model + "/ready", Ready);
            app.MapPost(model + "/infer", InferAsync);
        }
    }

    private static IResult Metadata(ScorerState state, string name, string? version) => Find(state, name, version, out ServedModel? model) ?? (IResult)TypedResults.Json(new
    {
        name = model!.Name,
        versions = (string[])[model.Version],
        platform = model.Platform,
        inputs = model.Inputs.Select(ToJson),
        outputs = model.Outputs.Select(ToJson),
        parameters = new { digest = model.Scorer.Digest },
    });

    private static IResult Ready(ScorerState state, string name, string? version) => Find(state, name, version, out _) ?? (IResult)TypedResults.Json(
        new { name, ready = state.IsReady }, statusCode: state.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private static async Task InferAsync(HttpContext context, ModelInference inference, string name, string? version)
    {
        ModelInferRequest request;
        try
        {
            byte[] body = await ReadAsync(context.Request.BodyReader, context.RequestAborted);
            request = InferRequestJson.Read(body, context.Request.Headers[InferJson.LengthHeader]);
        }
        catch (MalformedInferenceException malformed)
        {
            await ScorerErrors.WriteAsync(context, StatusCodes.Status400BadRequest, malformed.Message);
            return;
        }
        catch (BadHttpRequestException bad)
        {
            await ScorerErrors.WriteAsync(context, bad.StatusCode, "The body is larger than this server takes, or was cut short: send fewer rows, or all of them again.");
            return;
        }

        request.ModelName = name;
        request.ModelVersion = version ?? "";
        switch (await inference.RunAsync(request, rawOutputs: true, "rest", context.RequestAborted))
        {
            case InferenceOutcome.Inferred inferred: await AnswerAsync(context, request, inferred.Response); break;
            case InferenceOutcome.Rejected rejected: await ScorerErrors.WriteAsync(context, StatusOf(rejected.Why), rejected.Message); break;
        }
    }

    private static async Task AnswerAsync(HttpContext context, ModelInferRequest request, ModelInferResponse response)
    {
        ArrayBufferWriter<byte> output = new();
        int? jsonLength;
        try
        {
            jsonLength = InferResponseJson.Write(output, response, name => WantsBinary(request, name));
        }
        catch (MalformedInferenceException notFinite)
        {
            await ScorerErrors.WriteAsync(context, StatusCodes.Status400BadRequest, notFinite.Message);
            return;
        }

        context.Response.ContentType = jsonLength is null ? "application/json" : "application/octet-stream";
        context.Response.ContentLength = output.WrittenCount;
        if (jsonLength is { } length)
        {
            context.Response.Headers[InferJson.LengthHeader] = $"{length}";
        }

        await context.Response.BodyWriter.WriteAsync(output.WrittenMemory, context.RequestAborted);
    }

    /// <summary>An output's own wish comes before the request's.</summary>
    private static bool WantsBinary(ModelInferRequest request, string output) =>
        request.Outputs.FirstOrDefault(wanted => wanted.Name == output)?.Parameters.TryGetValue(ParameterNames.BinaryData, out InferParameter? own) == true
            ? own.BoolParam
            : request.Parameters.TryGetValue(ParameterNames.BinaryDataOutput, out InferParameter? all) && all.BoolParam;

    private static async Task<byte[]> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken);
            if (result.IsCompleted)
            {
                byte[] body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static JsonHttpResult<ScorerError>? Find(ScorerState state, string name, string? version, out ServedModel? model)
    {
        model = state.Model;
        return model is null
            ? TypedResults.Json(new ScorerError($"The model is not loaded ({state.Status.Reason})."), statusCode: StatusCodes.Status503ServiceUnavailable)
            : model.Answers(name, version ?? "")
                ? null
                : TypedResults.Json(
                    new ScorerError($"This server has the model {model.Name}, version {model.Version}, and no other."), statusCode: StatusCodes.Status404NotFound);
    }

    private static object ToJson(TensorSpec spec) => new { name = spec.Name, datatype = spec.Datatype, shape = spec.Shape };

    private static int StatusOf(Rejection why) => why switch
    {
        Rejection.Unavailable => StatusCodes.Status503ServiceUnavailable,
        Rejection.UnknownModel => StatusCodes.Status404NotFound,
        Rejection.InvalidRequest => StatusCodes.Status400BadRequest,
        Rejection.TooLarge => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status500InternalServerError,
    };
}
