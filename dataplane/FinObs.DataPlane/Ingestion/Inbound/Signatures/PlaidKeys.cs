using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary>Plaid's public keys by their ids, from <c>POST /webhook_verification_key/get</c> (plaid.com/docs/api/webhooks/webhook-verification). A key is kept until Plaid says that it expired.</summary>
internal sealed class PlaidKeys(HttpClient http, PlaidKeyOptions options, SharedSecrets secrets, TimeProvider time) : IDisposable
{
    /// <summary>Anybody can name a key that is none: that must not become a flood of questions.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Age = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<string, (JsonWebKey Key, long ReadAt)> _keys = new();
    private readonly SemaphoreSlim _asking = new(1, 1);
    private long _askedAt;

    /// <returns>Null where Plaid has no such key, or cannot be asked now.</returns>
    public async Task<JsonWebKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(keyId, out (JsonWebKey Key, long ReadAt) known) && time.GetElapsedTime(known.ReadAt) < Age)
        {
            return known.Key;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_keys.TryGetValue(keyId, out known) && time.GetElapsedTime(known.ReadAt) < Age)
            {
                return known.Key;
            }

            if (_askedAt != 0 && time.GetElapsedTime(_askedAt) < LeastPause)
            {
                return null;
            }

            _askedAt = time.GetTimestamp();
            if (await AskAsync(keyId, cancellationToken) is { } key)
            {
                _keys[keyId] = (key, time.GetTimestamp());
                return key;
            }

            return null;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<JsonWebKey?> AskAsync(string keyId, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync(
            new Uri(options.Api, "/webhook_verification_key/get"), new Question(options.ClientId, secrets.Now() is [{ } secret, ..] ? secret : "", keyId), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        Answer? answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken);
        return answer is { Key: { ValueKind: JsonValueKind.Object } key } && !(key.TryGetProperty("expired_at", out JsonElement expired) && expired.ValueKind == JsonValueKind.Number)
            ? new JsonWebKey(key.GetRawText())
            : null;
    }

    private sealed record Question(
        [property: JsonPropertyName("client_id")] string ClientId, [property: JsonPropertyName("secret")] string Secret, [property: JsonPropertyName("key_id")] string KeyId);

    private sealed record Answer([property: JsonPropertyName("key")] JsonElement Key);
}
