using FinObs.DataPlane.Inference;
using Grpc.Core;

namespace FinObs.DataPlane.Scorer;

/// <summary>The Open Inference Protocol over gRPC: translation only.</summary>
internal sealed class GrpcInference(ScorerState state, ModelInference inference) : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = state.IsReady });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ModelReadyResponse { Ready = state.IsReady && state.Model is { } model && model.Answers(request.Name, request.Version) });

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = ServedModel.ServerName, Version = ServedModel.ServerVersion, Extensions = { ServedModel.Extensions } });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context)
    {
        if (state.Model is not { } model)
        {
            throw Error(StatusCode.Unavailable, $"The model is not loaded ({state.Status.Reason}).");
        }

        if (!model.Answers(request.Name, request.Version))
        {
            throw Error(StatusCode.NotFound, $"This server has the model {model.Name}, version {model.Version}, and no other.");
        }

        ModelMetadataResponse response = new() { Name = model.Name, Versions = { model.Version }, Platform = model.Platform };
        response.Inputs.AddRange(model.Inputs.Select(ToTensor));
        response.Outputs.AddRange(model.Outputs.Select(ToTensor));
        response.Properties[ParameterNames.Digest] = model.Scorer.Digest;
        return Task.FromResult(response);
    }

    public override async Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context)
    {
        bool rawOutputs = request.RawInputContents.Count > 0;
        InferenceOutcome outcome = await inference.RunAsync(request, rawOutputs, "grpc", context.CancellationToken);
        return outcome switch
        {
            InferenceOutcome.Inferred inferred => inferred.Response,
            InferenceOutcome.Rejected rejected => throw Error(CodeOf(rejected.Why), rejected.Message),
            _ => throw new InvalidOperationException("An outcome that is not known."),
        };
    }

    private static ModelMetadataResponse.Types.TensorMetadata ToTensor(TensorSpec spec) =>
        new() { Name = spec.Name, Datatype = spec.Datatype, Shape = { spec.Shape } };

    private static StatusCode CodeOf(Rejection why) => why switch
    {
        Rejection.Unavailable => StatusCode.Unavailable,
        Rejection.UnknownModel => StatusCode.NotFound,
        Rejection.InvalidRequest => StatusCode.InvalidArgument,
        Rejection.TooLarge => StatusCode.ResourceExhausted,
        _ => StatusCode.Internal,
    };

    private static RpcException Error(StatusCode code, string message) => new(new Status(code, message));
}
