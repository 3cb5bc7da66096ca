using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Resources.Outbound;

namespace FinObs.DataPlane.Pulls.Fetching;

/// <summary>One answer that may be read. Dispose it to let its connection go.</summary>
/// <param name="Response">Status and headers.</param>
/// <param name="Body">Unpacked and bounded; null = nothing has changed.</param>
/// <param name="Budget">How long may still be waited for it.</param>
internal sealed record PullAnswer(HttpResponseMessage Response, Stream? Body, WaitBudget Budget) : IDisposable
{
    public void Dispose()
    {
        Body?.Dispose();
        Response.Dispose();
        Budget.Dispose();
    }
}

/// <summary>Asks for one page.</summary>
internal static class PullFetcher
{
    private static readonly HttpStatusCode[] CursorRefusals = [HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.Gone, HttpStatusCode.UnprocessableEntity];

    private static readonly string[] Unmarked = ["application/octet-stream", "text/plain", "binary/octet-stream"];

    /// <exception cref="PullFailedException">No answer that can be read.</exception>
    public static async Task<PullAnswer> AskAsync(HttpClient http, HttpRequestMessage request, PullSourceSpec spec, long maxBytes, TimeProvider time, CancellationToken cancellationToken)
    {
        WaitBudget budget = new(spec.Schedule.Timeout.Value, time);
        HttpResponseMessage? response = null;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, budget.Start(cancellationToken));
            budget.Stop();
            if (response.StatusCode == HttpStatusCode.NotModified && request.Headers.IfNoneMatch.Count > 0)
            {
                return new PullAnswer(response, Body: null, budget);
            }

            CheckStatus(response, request, time);
            CheckType(response, spec.Response.Format, request.RequestUri!.Host);
            return new PullAnswer(response, await OpenAsync(response, maxBytes, budget, cancellationToken), budget);
        }
        catch (Exception exception)
        {
            response?.Dispose();
            bool isSpent = budget.IsSpent;
            budget.Dispose();
            if (exception is PullFailedException || cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            throw isSpent && exception is OperationCanceledException ? budget.Exceeded(request.RequestUri!.Host) : Of(exception, request.RequestUri!.Host);
        }
    }

    /// <summary>What an exception of a call, or of reading its answer, means.</summary>
    public static PullFailedException Of(Exception exception, string host, bool isReading = false) => OutboundProblems.Refusal(exception) switch
    {
        AddressNotAllowedException forbidden => new PullFailedException(
            isReachable: false, PullSourceReasons.AddressForbidden, $"{forbidden.Message} Set network.allowPrivate, or add its range to network.allowedCidrs, where it is meant."),
        { } refusal => new PullFailedException(isReachable: false, PullSourceReasons.AnsweredWithError, refusal.Message),
        null when IsUnknownName(exception) => new PullFailedException(isReachable: false, PullSourceReasons.NameNotResolved, $"{host} has no address: see url."),
        null when isReading && exception is not InvalidDataException => new PullFailedException(
            isReachable: false, PullSourceReasons.ConnectionFailed, $"{host} broke off in the middle of its answer. What was read before is taken in; the page is asked for again."),
        null when exception is InvalidDataException => PullFailedException.Unreadable($"{host} answered with broken gzip."),
        null => new PullFailedException(
            isReachable: false, PullSourceReasons.ConnectionFailed, $"{host} cannot be reached ({(exception as HttpRequestException)?.HttpRequestError.ToString() ?? exception.GetType().Name})."),
    };

    private static void CheckStatus(HttpResponseMessage response, HttpRequestMessage request, TimeProvider time)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        string what = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": see auth",
            HttpStatusCode.TooManyRequests => ": it is asked too often",
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => ": a redirect that is not followed; set url to where it leads",
            _ => "",
        };
        throw new PullFailedException(isReachable: false, PullSourceReasons.AnsweredWithError, $"{request.RequestUri!.Host} answered {(int)response.StatusCode}{what}.")
        {
            RetryAfter = response.RetryAfter(time.GetUtcNow()),
            HttpStatus = (int)response.StatusCode,
            CursorRefused = CursorRefusals.Contains(response.StatusCode),
        };
    }

    private static void CheckType(HttpResponseMessage response, PullFormat format, string host)
    {
        string? type = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant();
        bool fits = type is null || Unmarked.Contains(type) || format switch
        {
            PullFormat.Csv => type.Contains("csv", StringComparison.Ordinal) || type.Contains("excel", StringComparison.Ordinal),
            _ => type.Contains("json", StringComparison.Ordinal),
        };
        if (!fits)
        {
            throw PullFailedException.Unreadable($"{host} answered {type}, which is not response.format {format}.");
        }
    }

    /// <summary>Bounded before it is unpacked and after.</summary>
    private static async Task<Stream> OpenAsync(HttpResponseMessage response, long maxBytes, WaitBudget budget, CancellationToken cancellationToken)
    {
        Stream raw = new AnswerStream(await response.Content.ReadAsStreamAsync(cancellationToken), maxBytes, budget);
        string[] encodings = [.. response.Content.Headers.ContentEncoding.Where(encoding => !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))];
        return encodings switch
        {
            [] => raw,
            [var one] when one.Equals("gzip", StringComparison.OrdinalIgnoreCase) => new AnswerStream(new GZipStream(raw, CompressionMode.Decompress), maxBytes, budget: null),
            _ => throw PullFailedException.Unreadable($"The answer is encoded as {string.Join(", ", encodings.Take(2))}; only gzip is understood."),
        };
    }

    private static bool IsUnknownName(Exception? exception) => exception switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => true,
        _ => IsUnknownName(exception.InnerException),
    };
}
