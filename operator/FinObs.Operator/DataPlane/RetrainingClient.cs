using System.Net;
using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.Operator.DataPlane;

/// <summary>What a run has trained.</summary>
/// <param name="Name">Name of its ModelVersion.</param>
/// <param name="Reason">Why it was trained.</param>
/// <param name="Spec">Of its ModelVersion.</param>
internal sealed record TrainedCandidate(string Name, string Reason, ModelVersionSpec Spec);

/// <summary>The data plane's retraining runs, as far as the operator has to do with them.</summary>
internal sealed class RetrainingClient(DataPlaneClient dataPlane)
{
    private const string Runs = "v1/retraining-runs";

    /// <summary>Asks for a run; with the same key again it is the same run.</summary>
    /// <returns>Null; or why the data plane refuses it, which asking again does not change.</returns>
    /// <exception cref="DataPlaneUnreachableException">No answer, or a fault.</exception>
    public async Task<string?> RequestAsync(string @namespace, string model, DateTimeOffset? from, string reason, string dedupeKey, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await dataPlane.SendAsync(HttpMethod.Post, Runs, new Request(@namespace, model, from, reason, dedupeKey), cancellationToken);
        return response.IsSuccessStatusCode ? null
            : response.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest ? await DataPlaneClient.ReasonAsync(response, cancellationToken)
            : throw await DataPlaneClient.UnexpectedAsync(response, cancellationToken);
    }

    /// <summary>Stops a run; nothing where it is over.</summary>
    /// <exception cref="DataPlaneUnreachableException">No answer, or a fault.</exception>
    public async Task CancelAsync(string run, string reason, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await dataPlane.SendAsync(HttpMethod.Post, $"{Runs}/{Uri.EscapeDataString(run)}/cancel", new Cancellation(reason), cancellationToken);
        if (!response.IsSuccessStatusCode && response.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.NotFound)) throw await DataPlaneClient.UnexpectedAsync(response, cancellationToken);
    }

    /// <summary>Null where it has trained none.</summary>
    /// <exception cref="DataPlaneUnreachableException">No answer, or a fault.</exception>
    public async Task<TrainedCandidate?> CandidateAsync(string run, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await dataPlane.SendAsync(HttpMethod.Get, $"{Runs}/{Uri.EscapeDataString(run)}/candidate", body: null, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => await DataPlaneClient.ReadAsync<TrainedCandidate>(response, cancellationToken),
            HttpStatusCode.NotFound => null,
            _ => throw await DataPlaneClient.UnexpectedAsync(response, cancellationToken),
        };
    }

    private sealed record Request(string Namespace, string Model, DateTimeOffset? From, string Reason, string DedupeKey);

    private sealed record Cancellation(string Reason);
}
