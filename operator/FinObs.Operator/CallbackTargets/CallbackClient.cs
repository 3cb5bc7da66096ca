using System.Net;
using FinObs.Operator.DataPlane;
using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.CallbackTargets;

/// <summary>What came of a test message.</summary>
internal sealed record TestResult(bool Delivered, int? Status, string Reason, string? Detail);

/// <summary>How many messages go again, and whether there are more.</summary>
internal sealed record ReplayResult(long Messages, bool More, DateTimeOffset? Next);

/// <summary>What can be done to a target's deliveries. Each act has a key: asked for again under the same one, it is not done again.</summary>
internal sealed class CallbackClient(DataPlaneClient dataPlane)
{
    /// <exception cref="DataPlaneUnreachableException">No answer, or a fault.</exception>
    /// <exception cref="ActRefusedException">It says no, and why.</exception>
    public async Task EnableAsync(ResourceKey target, string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(target, "enable", key, cancellationToken);
    }

    /// <exception cref="DataPlaneUnreachableException">No answer, or a fault.</exception>
    /// <exception cref="ActRefusedException">It says no, and why.</exception>
    public async Task<TestResult> TestAsync(ResourceKey target, string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(target, "test", key, cancellationToken);
        return await DataPlaneClient.ReadAsync<TestResult>(response, cancellationToken);
    }

    /// <param name="target">Whose.</param>
    /// <param name="since">Whatever the log of events holds since then; null = the dead letters.</param>
    /// <param name="key">See the class.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DataPlaneUnreachableException">No answer, or a fault.</exception>
    /// <exception cref="ActRefusedException">It says no, and why.</exception>
    public async Task<ReplayResult> ReplayAsync(ResourceKey target, DateTimeOffset? since, string key, CancellationToken cancellationToken)
    {
        string what = since is { } from ? $"replay?since={Uri.EscapeDataString(from.ToString("O"))}" : "dead-letters/replay";
        using HttpResponseMessage response = await SendAsync(target, what, key, cancellationToken);
        return await DataPlaneClient.ReadAsync<ReplayResult>(response, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(ResourceKey target, string what, string key, CancellationToken cancellationToken)
    {
        string path = $"v1/namespaces/{Uri.EscapeDataString(target.Namespace)}/callbacktargets/{Uri.EscapeDataString(target.Name)}/{what}";
        HttpResponseMessage response = await dataPlane.SendAsync(HttpMethod.Post, path, body: null, cancellationToken, key);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest
                ? new ActRefusedException(await DataPlaneClient.ReasonAsync(response, cancellationToken))
                : await DataPlaneClient.UnexpectedAsync(response, cancellationToken);
        }
    }
}

/// <summary>The data plane does not do it, and says why; asking again does not change that.</summary>
internal sealed class ActRefusedException(string message) : Exception(message);
