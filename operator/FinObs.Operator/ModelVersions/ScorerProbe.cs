using System.Text.Json;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions.Children;
using k8s.Models;

namespace FinObs.Operator.ModelVersions;

/// <summary>What a scorer says of itself (<c>GET /v1/scorer/status</c>).</summary>
/// <param name="Reason">Why it stands where it stands.</param>
/// <param name="Message">The same in words.</param>
/// <param name="Since">Since when.</param>
internal sealed record ScorerAnswer(string Reason, string Message, DateTimeOffset Since)
{
    /// <summary>Null while it is still on its way.</summary>
    public ModelFailureReason? Failure => Reason switch
    {
        "FetchFailed" => ModelFailureReason.ArtifactUnavailable,
        "DigestMismatch" => ModelFailureReason.DigestMismatch,
        "Refused" => ModelFailureReason.ArtifactRefused,
        "WarmupFailed" => ModelFailureReason.ModelLoadFailed,
        _ => null,
    };
}

/// <summary>Asks a pod that is not ready why. Best effort: a pod that cannot be asked is judged by what the cluster says of it.</summary>
internal sealed class ScorerProbe(HttpClient http)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>No more than so many pods in one look: the first failure is enough for a status.</summary>
    private const int MostPods = 5;

    public async Task<IReadOnlyDictionary<string, ScorerAnswer>> AskAsync(IEnumerable<V1Pod> pods, CancellationToken cancellationToken)
    {
        V1Pod[] asked = [.. pods.Where(pod => !PodObservation.IsReady(pod) && !string.IsNullOrEmpty(pod.Status?.PodIP) && pod.Status.Phase == "Running").Take(MostPods)];
        ScorerAnswer?[] answers = await Task.WhenAll(asked.Select(pod => AskAsync(pod, cancellationToken)));
        return asked.Zip(answers).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First.Metadata.Name, pair => pair.Second!);
    }

    private async Task<ScorerAnswer?> AskAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        string host = pod.Status.PodIP.Contains(':') ? $"[{pod.Status.PodIP}]" : pod.Status.PodIP;
        try
        {
            return await http.GetFromJsonAsync<ScorerAnswer>(new Uri($"http://{host}:{ScoringPod.HttpPort}/v1/scorer/status"), JsonSerializerOptions.Web, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
