using FinObs.DataPlane.Inference;
using Grpc.Core;
using Grpc.Net.Client;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>The protocol over gRPC: HTTP/2 connections that stay open.</summary>
internal sealed class GrpcInferenceClient : IInferenceClient
{
    /// <summary>Largest answer: 20,000 rows with SHAP values of 100 features are 16 MB.</summary>
    private const int MaxAnswerBytes = 256 << 20;

    private readonly GrpcChannel _channel;
    private readonly GRPCInferenceService.GRPCInferenceServiceClient _client;
    private readonly Func<string?> _key;

    public GrpcInferenceClient(Uri address, SocketsHttpHandler handler, Func<string?> key)
    {
        _key = key;
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxAnswerBytes,
            MaxRetryAttempts = null,
        });
        _client = new GRPCInferenceService.GRPCInferenceServiceClient(_channel);
    }

    public async Task<InferenceReply> InferAsync(ModelInferRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return new InferenceReply.Answered(await _client.ModelInferAsync(request, Headers(), cancellationToken: cancellationToken));
        }
        catch (RpcException exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call was given up.", exception, cancellationToken);
        }
        catch (RpcException exception)
        {
            string why = $"{exception.StatusCode}: {exception.Status.Detail}";
            return exception.StatusCode is StatusCode.InvalidArgument or StatusCode.OutOfRange or StatusCode.FailedPrecondition or StatusCode.ResourceExhausted
                ? new InferenceReply.Refused(why)
                : new InferenceReply.PodFailed(why);
        }
    }

    public void Dispose() => _channel.Dispose();

    private Metadata? Headers() => _key() is { } key ? new Metadata { { "authorization", $"Bearer {key}" } } : null;
}
