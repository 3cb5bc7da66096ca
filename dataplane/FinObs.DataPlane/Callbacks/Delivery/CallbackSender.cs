using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Resources.Outbound;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>
/// Sends one message once: signed, at most for the target's timeout, to an address that may be connected to. A redirect is a failure (Standard Webhooks, "Delivery"): a receiver that has moved says so to its
/// people, not to a sender whose signature and token would follow.
/// </summary>
internal sealed class CallbackSender(TimeProvider time)
{
    private const int ExcerptBytes = 1024;
    private const string UserAgent = "FinObs-Webhooks/1";

    /// <summary>What an answer says beyond its status is for people: it is not waited for.</summary>
    private static readonly TimeSpan ForExcerpt = TimeSpan.FromSeconds(2);

    public async Task<SendOutcome> SendAsync(CallbackEndpoint endpoint, CallbackDeliveryRow row, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // Another time than the event's, perhaps by days: a span of its own, linked to the event's.
        ActivityLink[] links = ActivityContext.TryParse(row.Traceparent, traceState: null, out ActivityContext cause) ? [new ActivityLink(cause)] : [];
        using Activity? span = FinObsTelemetry.Source.StartActivity(Steps.Deliver, ActivityKind.Client, parentContext: default, links: links);
        span?.SetTag("finobs.resource", endpoint.Key.ToString());
        SendOutcome outcome = await TrySendAsync(endpoint, row, body, cancellationToken);
        span?.SetTag("http.response.status_code", outcome.Status);
        span?.SetStatus(outcome.IsSuccess ? ActivityStatusCode.Ok : ActivityStatusCode.Error, outcome.Detail);
        return outcome;
    }

    private async Task<SendOutcome> TrySendAsync(CallbackEndpoint endpoint, CallbackDeliveryRow row, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = time.GetUtcNow();
        long started = time.GetTimestamp();
        SendOutcome Ended(string reason, string? detail, int status = 0) =>
            new() { Reason = reason, Detail = detail, Status = status, StartedAt = startedAt, Took = time.GetElapsedTime(started) };

        using CancellationTokenSource timeout = new(endpoint.Spec.Delivery.Timeout.Value, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using HttpRequestMessage request = Request(endpoint, row, body, startedAt);
            using HttpResponseMessage response = await endpoint.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            int status = (int)response.StatusCode;
            TimeSpan took = time.GetElapsedTime(started);
            string? excerpt = await ExcerptAsync(endpoint, response, either.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return Ended(status is >= 200 and < 300 ? CallbackTargetReasons.Answered : CallbackTargetReasons.AnsweredWithError, DetailOf(response), status) with
            {
                Took = took,
                Response = excerpt,
                RetryAfter = status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable ? response.RetryAfter(startedAt) : null,
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended(CallbackTargetReasons.TimedOut, $"There was no answer within {endpoint.Spec.Delivery.Timeout} (spec.delivery.timeout).");
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or AuthenticationException)
        {
            (string reason, string detail) = Failed(exception);
            return Ended(reason, detail);
        }
    }

    private static HttpRequestMessage Request(CallbackEndpoint endpoint, CallbackDeliveryRow row, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        HttpRequestMessage request = new(HttpMethod.Post, endpoint.Spec.Url)
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        HttpRequestHeaders headers = request.Headers;
        headers.TryAddWithoutValidation("webhook-id", row.MessageId);
        headers.TryAddWithoutValidation("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("webhook-signature", endpoint.Keys.Sign(row.MessageId, now, body.Span));
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (row.Traceparent is { } trace)
        {
            headers.TryAddWithoutValidation("traceparent", trace);
        }

        foreach ((string name, string value) in endpoint.Spec.Headers ?? new Dictionary<string, string>())
        {
            headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static string? DetailOf(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 => $"The receiver redirects ({(int)response.StatusCode}); redirects are not followed: set spec.url to where it is.",
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => $"The receiver refuses us ({(int)response.StatusCode}): see spec.auth, spec.headers and whether it knows the signing key.",
        StatusCodes.Status410Gone => "The receiver wants nothing more (410).",
        _ => $"The receiver answered {(int)response.StatusCode}.",
    };

    private static (string Reason, string Detail) Failed(Exception exception)
    {
        if (exception.GetBaseException() is AddressNotAllowedException forbidden)
        {
            return (CallbackTargetReasons.AddressForbidden, forbidden.Message);
        }

        bool isName = exception is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError }
            || exception.GetBaseException() is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain };
        return (isName, exception) switch
        {
            (true, _) => (CallbackTargetReasons.NameNotResolved, "The name of spec.url has no address."),
            (_, HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }) =>
                (CallbackTargetReasons.ConnectionFailed, "No TLS connection that can be trusted: look at the receiver's certificate, its name and its dates."),
            _ => (CallbackTargetReasons.ConnectionFailed, exception.GetBaseException() is SocketException socket
                ? $"No connection to the receiver ({socket.SocketErrorCode})."
                : "The receiver closed the connection before it answered."),
        };
    }

    private async Task<string?> ExcerptAsync(CallbackEndpoint endpoint, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return null;
        }

        byte[] bytes = new byte[ExcerptBytes];
        int read = 0;
        using CancellationTokenSource patience = new(ForExcerpt, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await using Stream stream = await response.Content.ReadAsStreamAsync(either.Token);
            for (int more = 1; more > 0 && read < bytes.Length; read += more)
            {
                more = await stream.ReadAsync(bytes.AsMemory(read), either.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or HttpRequestException)
        {
            // The status has come, and it is what counts.
        }

        return read == 0 ? null : Excerpts.Of(bytes.AsSpan(0, read), endpoint);
    }
}

/// <summary>Beginnings of bodies as a log may keep them.</summary>
internal static class Excerpts
{
    private const string Removed = "[removed]";
    private const int LongestRequest = 512;

    /// <summary>Text of an answer: control characters are blanks, and secrets of ours that it repeats are taken out.</summary>
    public static string Of(ReadOnlySpan<byte> bytes, CallbackEndpoint endpoint)
    {
        string text = Encoding.UTF8.GetString(bytes);
        foreach (string? secret in (string?[])[.. endpoint.Credentials.Values, endpoint.Keys.Current?.Text, endpoint.Keys.Previous?.Text])
        {
            if (!string.IsNullOrEmpty(secret))
            {
                text = text.Replace(secret, Removed, StringComparison.Ordinal);
            }
        }

        return string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? ' ' : source[i];
            }
        });
    }

    /// <summary>The beginning of what was sent. A body with personal data is not kept: what it was can be made again from the record.</summary>
    public static string? OfRequest(ReadOnlySpan<byte> body, CallbackPayload payload) =>
        payload == CallbackPayload.Full ? null : Encoding.UTF8.GetString(body[..Math.Min(body.Length, LongestRequest)]).TrimEnd('\uFFFD');
}
