using System.Diagnostics;
using FinObs.DataPlane.Inference;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>One request to whichever pod answers it: a failed pod is left alone for a while and another is asked, all within one deadline.</summary>
internal sealed class RemoteCalls(PodPool pods, RemoteOptions options, TimeSpan? timeout, TimeProvider time)
{
    private readonly TimeSpan _total = timeout ?? TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
    private readonly TimeSpan _single = timeout ?? TimeSpan.FromMilliseconds(options.TryTimeoutMilliseconds);

    /// <param name="request">Safe to repeat: it computes and changes nothing.</param>
    /// <param name="problemOf">What is wrong with an answer; null = nothing. A wrong answer is the pod's fault.</param>
    /// <param name="cancellationToken">The caller's own.</param>
    public async Task<InferenceReply> InferAsync(ModelInferRequest request, Func<ModelInferResponse, string?> problemOf, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(_total, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        InferenceReply last = new InferenceReply.PodFailed("no pod is there to be asked");
        List<Pod> tried = [];
        while (tried.Count < options.MaxAttempts && !deadline.IsCancellationRequested && await pods.PickAsync(tried) is { } pod)
        {
            tried.Add(pod);
            last = await TryAsync(pod, request, problemOf, both.Token, cancellationToken);
            if (last is not InferenceReply.PodFailed)
            {
                return last;
            }
        }

        return last;
    }

    private async Task<InferenceReply> TryAsync(
        Pod pod, ModelInferRequest request, Func<ModelInferResponse, string?> problemOf, CancellationToken deadline, CancellationToken callers)
    {
        using CancellationTokenSource patience = new(_single, time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, deadline);
        using Activity? span = FinObsTelemetry.StartStep(Steps.RemoteCall);
        span?.SetTag("server.address", pod.Ip.ToString());
        long from = time.GetTimestamp();
        InferenceReply reply;
        pod.Begin();
        try
        {
            reply = await pod.Client.InferAsync(request, both.Token);
        }
        catch (OperationCanceledException) when (!callers.IsCancellationRequested)
        {
            reply = new InferenceReply.PodFailed("it took too long");
        }
        catch (ObjectDisposedException)
        {
            reply = new InferenceReply.PodFailed("it left between being chosen and being asked");
        }
        finally
        {
            pod.End();
        }

        if (reply is InferenceReply.Answered answered && problemOf(answered.Response) is { } problem)
        {
            reply = new InferenceReply.PodFailed(problem);
        }

        Judge(pod, reply, span);
        RemoteMetrics.Called(reply, time.GetElapsedTime(from));
        return reply;
    }

    private void Judge(Pod pod, InferenceReply reply, Activity? span)
    {
        if (reply is InferenceReply.PodFailed failed)
        {
            pods.Eject(pod);
            span?.SetStatus(ActivityStatusCode.Error, failed.Why);
        }
        else
        {
            pod.Succeeded();
        }
    }
}
