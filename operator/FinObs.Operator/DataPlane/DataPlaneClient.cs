using System.Net;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Operator.Reconciliation.Api;
using ResourceKind = FinObs.Contracts.Resources.ResourceKind;

namespace FinObs.Operator.DataPlane;

/// <summary>The data plane's door. A <c>traceparent</c> goes along with each request, from the current span.</summary>
internal sealed class DataPlaneClient(HttpClient http)
{
    /// <summary>Submits a spec; the same revision again changes nothing there.</summary>
    /// <exception cref="DataPlaneUnreachableException">No answer, or a fault.</exception>
    public async Task<SubmissionOutcome> SubmitAsync(ResourceKind kind, ResourceKey key, ResourceSubmission submission, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, Path(kind, key), submission, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return new SubmissionOutcome.Accepted(await ReadAsync<ResourceAnswer>(response, cancellationToken));
        }

        Problem problem = await ProblemAsync(response, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest => new SubmissionOutcome.Refused(problem.Text),
            HttpStatusCode.Conflict when problem.Code == "owned_by_another" => new SubmissionOutcome.OwnedByAnother(problem.Text),
            HttpStatusCode.Conflict => new SubmissionOutcome.Stale(problem.Text),
            _ => throw Unreachable(response.StatusCode, problem),
        };
    }

    /// <summary>What the data plane knows of it; null where it has none of that name.</summary>
    public async Task<ResourceStatusAnswer?> StatusAsync(ResourceKind kind, ResourceKey key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, $"{Path(kind, key)}/status", body: null, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => null,
            HttpStatusCode.OK => await ReadAsync<ResourceStatusAnswer>(response, cancellationToken),
            _ => throw Unreachable(response.StatusCode, await ProblemAsync(response, cancellationToken)),
        };
    }

    /// <summary>Says which pods are ready. False where the data plane has no such resource (yet).</summary>
    public async Task<bool> ReportReadinessAsync(ResourceKind kind, ResourceKey key, ServingReadiness readiness, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, $"{Path(kind, key)}/readiness", readiness, cancellationToken);
        return response.IsSuccessStatusCode
            || (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict ? false : throw Unreachable(response.StatusCode, await ProblemAsync(response, cancellationToken)));
    }

    /// <summary>Asks it to let the resource go. True once it is gone; false while it is being drained.</summary>
    public async Task<bool> RemoveAsync(ResourceKind kind, ResourceKey key, string uid, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Delete, $"{Path(kind, key)}?uid={Uri.EscapeDataString(uid)}", body: null, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.Accepted => false,
            HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.NotFound => true,

            // Another object, or another owner, has the name by now: ours is gone there.
            HttpStatusCode.Conflict => true,
            _ => throw Unreachable(response.StatusCode, await ProblemAsync(response, cancellationToken)),
        };
    }

    private static string Path(ResourceKind kind, ResourceKey key) => $"v1/namespaces/{Uri.EscapeDataString(key.Namespace)}/{kind.Plural}/{Uri.EscapeDataString(key.Name)}";

    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : JsonContent.Create(body, body.GetType(), mediaType: null, ResourceJson.Lenient) };
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new DataPlaneUnreachableException($"The data plane at {http.BaseAddress} cannot be reached ({e.HttpRequestError}).", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DataPlaneUnreachableException($"The data plane at {http.BaseAddress} did not answer within {http.Timeout.TotalSeconds} s.", e);
        }
    }

    internal static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(ResourceJson.Lenient, cancellationToken) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException e)
        {
            throw new DataPlaneUnreachableException("The data plane answered something that this operator does not understand: are the two of the same version?", e);
        }
    }

    /// <summary>Why it refuses, as it says it.</summary>
    internal static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken) => (await ProblemAsync(response, cancellationToken)).Text;

    /// <summary>What is no answer that anybody expects.</summary>
    internal static async Task<DataPlaneUnreachableException> UnexpectedAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        Unreachable(response.StatusCode, await ProblemAsync(response, cancellationToken));

    private static async Task<Problem> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<Problem>(JsonSerializerOptions.Web, cancellationToken) ?? new Problem(null, null, null);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return new Problem(null, null, null);
        }
    }

    private static DataPlaneUnreachableException Unreachable(HttpStatusCode status, Problem problem) => new(status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            $"The data plane does not let this operator in ({(int)status}): check the audience of its token (or its key) and Access:ServiceAccounts:Operators of the data plane. {problem.Text}",
        _ => $"The data plane answered {(int)status}. {problem.Text}",
    });

    private sealed record Problem(string? Title, string? Detail, string? Code)
    {
        public string Text => Detail ?? Title ?? "";
    }
}
