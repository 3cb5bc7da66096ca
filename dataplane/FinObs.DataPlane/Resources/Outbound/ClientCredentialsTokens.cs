using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>
/// Tokens by OAuth 2.0 client credentials (RFC 6749, section 4.4), each kept until shortly before it expires. Any number may ask at once: one request goes out.
/// </summary>
internal sealed class ClientCredentialsTokens(TokenRequest request, HttpMessageInvoker http, TimeProvider time) : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    /// <summary>For a server that does not say how long its token is good.</summary>
    private static readonly TimeSpan DefaultLife = TimeSpan.FromMinutes(5);

    /// <summary>A token is not used in its last moments, nor in the last tenth of a short life: it has to arrive in time.</summary>
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>RFC 6749, section 5.2: the only words of an answer that are repeated.</summary>
    private static readonly string[] KnownErrors = ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"];

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Token? _current;

    /// <summary>A token that is good now.</summary>
    /// <param name="refused">One that was given before and was refused: it is not given again.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OutboundAuthException">There is none.</exception>
    public async Task<string> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        if (_current is { } known && IsGood(known, refused))
        {
            return known.Value;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_current is not { } current || !IsGood(current, refused))
            {
                _current = current = await AskAsync(cancellationToken);
            }

            return current.Value;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private bool IsGood(Token token, string? refused) => token.Value != refused && time.GetUtcNow() < token.GoodUntil;

    private async Task<Token> AskAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(Deadline, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using HttpRequestMessage message = Message();
            using HttpResponseMessage response = await http.SendAsync(message, either.Token);
            byte[] body = await ReadAsync(response, either.Token);
            return Read(response, body);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OutboundAuthException($"{request.Url.Host} gave no token within {Deadline.TotalSeconds:N0} s.");
        }
        catch (Exception exception) when (exception is HttpRequestException and not OutboundAuthException or IOException)
        {
            throw new OutboundAuthException(OutboundProblems.Refusal(exception)?.Message ?? $"{request.Url.Host}, which gives the token, cannot be reached.", exception);
        }
    }

    /// <summary>Name and secret go as HTTP Basic, each encoded as a form is, since every server has to take that (section 2.3.1).</summary>
    private HttpRequestMessage Message()
    {
        string pair = $"{FormEncoded(request.ClientId)}:{FormEncoded(request.ClientSecret)}";
        List<KeyValuePair<string, string>> form = [new("grant_type", "client_credentials")];
        if (request.Scope.Length > 0)
        {
            form.Add(new("scope", request.Scope));
        }

        return new HttpRequestMessage(HttpMethod.Post, request.Url)
        {
            Content = new FormUrlEncodedContent(form),
            Headers =
            {
                Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))),
                Accept = { new MediaTypeWithQualityHeaderValue("application/json") },
            },
        };
    }

    private Token Read(HttpResponseMessage response, byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && response.IsSuccessStatusCode && Text(root, "access_token") is { Length: > 0 } value && value.All(letter => letter is > ' ' and <= '~'))
            {
                TimeSpan life = root.TryGetProperty("expires_in", out JsonElement seconds) && seconds.TryGetDouble(out double length) && length is > 0 and < 1e8
                    ? TimeSpan.FromSeconds(length)
                    : DefaultLife;
                TimeSpan margin = life / 10 < LongestMargin ? life / 10 : LongestMargin;
                return new Token(value, time.GetUtcNow() + life - margin);
            }

            string? error = root.ValueKind == JsonValueKind.Object ? Text(root, "error") : null;
            throw Refused(response, KnownErrors.Contains(error) ? $" ({error})" : "");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw Refused(response, "");
        }
    }

    private OutboundAuthException Refused(HttpResponseMessage response, string detail) =>
        new($"{request.Url.Host} answered {(int)response.StatusCode}{detail} and no token: see clientId, clientSecretRef and scopes of auth.oauth2ClientCredentials.");

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string FormEncoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[LargestAnswer];
        int length = await body.ReadAtLeastAsync(buffer, LargestAnswer, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }

    private sealed record Token(string Value, DateTimeOffset GoodUntil);
}
