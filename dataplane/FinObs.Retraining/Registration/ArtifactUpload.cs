using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FinObs.Scoring.Artifacts;

namespace FinObs.Retraining.Registration;

/// <summary>Brings an artifact to a data plane. Its address is its content, so it may be sent as often as it takes, and is not sent where it is already.</summary>
/// <param name="handler">How connections are made.</param>
/// <param name="request">Where to.</param>
/// <param name="time">For the pauses.</param>
/// <param name="say">Hears why it takes longer.</param>
internal sealed class ArtifactUpload(HttpMessageHandler handler, RegistrationRequest request, TimeProvider time, Action<string> say) : IDisposable
{
    private const int MostAttempts = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new(handler) { Timeout = AttemptTimeout };

    /// <summary>How a connection is made where nothing else is asked for. A redirect would carry the token to wherever it leads.</summary>
    public static SocketsHttpHandler CreateHandler() => new() { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10), Expect100ContinueTimeout = TimeSpan.FromSeconds(5) };

    /// <exception cref="RegistrationException">The data plane refuses it, or was not to be reached.</exception>
    public async Task SendAsync(ModelArtifact artifact, CancellationToken cancellationToken)
    {
        byte[] zip = artifact.ToZip();
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            (string? trouble, TimeSpan? wanted) = await TryAsync(artifact.Digest, zip, cancellationToken);
            if (trouble is null)
            {
                return;
            }

            if (attempt == MostAttempts)
            {
                throw new RegistrationException($"{trouble} It was tried {MostAttempts} times. The artifact is {artifact.Digest}: run the same command again later, it gives the same bytes.");
            }

            TimeSpan wait = wanted is { } asked && asked > pause ? asked : pause;
            wait = wait < LongestPause ? wait : LongestPause;
            say($"{trouble} It is tried again in {wait.TotalSeconds:0} s.");
            await Task.Delay(wait, time, cancellationToken);
            pause *= 2;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What went wrong that may go better, and when to try again at the earliest.</summary>
    private async Task<(string? Trouble, TimeSpan? Wanted)> TryAsync(string digest, byte[] zip, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage known = await SendAsync(HttpMethod.Head, digest, null, cancellationToken);
            if (known.IsSuccessStatusCode)
            {
                return default;
            }

            if (Trouble(known) is { } busy)
            {
                return busy;
            }

            using HttpResponseMessage answer = await SendAsync(HttpMethod.Put, digest, zip, cancellationToken);
            return answer.IsSuccessStatusCode ? default : Trouble(answer) ?? throw new RegistrationException(await RefusalAsync(answer, cancellationToken));
        }
        catch (HttpRequestException exception)
        {
            return ($"{request.DataPlane} cannot be reached ({exception.HttpRequestError}).", null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ($"{request.DataPlane} did not answer within {AttemptTimeout.TotalMinutes:0} minutes.", null);
        }
        catch (IOException)
        {
            return ($"{request.DataPlane} broke off.", null);
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string digest, byte[]? zip, CancellationToken cancellationToken)
    {
        HttpRequestMessage message = new(method, new Uri(request.DataPlane, $"v1/artifacts/{digest}"));
        if (request.Token() is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (zip is not null)
        {
            // A refusal then comes before the bytes are sent.
            message.Headers.ExpectContinue = true;
            message.Content = new ByteArrayContent(zip) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };
        }

        return _http.SendAsync(message, cancellationToken);
    }

    /// <summary>Null where trying again would change nothing.</summary>
    private (string? Trouble, TimeSpan? Wanted)? Trouble(HttpResponseMessage answer) =>
        (int)answer.StatusCode >= 500 || answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            ? ($"{request.DataPlane} answered {(int)answer.StatusCode}.", answer.Headers.RetryAfter?.Delta)
            : null;

    private async Task<string> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string? detail = await DetailAsync(answer, cancellationToken);
        string where = $"{request.DataPlane} answered {(int)answer.StatusCode}";
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized when request.TokenFile is null => $"{where}: it asks who you are. Name a file with one of its keys, or with a service account's token, by --register-token-file.",
            HttpStatusCode.Unauthorized => $"{where}: it does not know the token of {request.TokenFile}. {detail}",
            _ when detail is not null => $"{where}: {detail}",
            HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => $"{where}: there is no /v1/artifacts. Is --register the address of a data plane?",
            >= HttpStatusCode.Moved and < HttpStatusCode.BadRequest => $"{where} and points to {answer.Headers.Location}: give --register the address itself.",
            _ => $"{where}.",
        };
    }

    /// <summary>The data plane's own sentence about what to do.</summary>
    private static async Task<string?> DetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument problem = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out JsonElement detail) && detail.ValueKind == JsonValueKind.String
                ? detail.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
