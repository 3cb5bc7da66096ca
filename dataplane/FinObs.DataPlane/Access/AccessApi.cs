using System.Text.Json.Serialization;
using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Access.Users;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access;

/// <summary>The slice's endpoints; its own hands the cluster's public keys on to scoring pods: they may reach this host, but not the API server.</summary>
internal static class AccessApi
{
    public const string KeysPath = "/v1/access/jwks";

    public static void MapAccess(this IEndpointRouteBuilder app)
    {
        app.MapGet(KeysPath, GetKeysAsync).AllowAnonymous().WithTags("Access").WithName("GetKeys")
            .WithSummary("The public keys that service-account tokens are verified with (JWKS), for scoring pods.");
        app.MapWhoAmI();
        app.MapUsers();
        app.MapApiKeys();
        app.MapSignIn();
    }

    private static async Task<Results<Ok<PublicKeys>, ProblemHttpResult>> GetKeysAsync(ClusterKeys keys, CancellationToken cancellationToken)
    {
        if (!keys.IsConfigured)
        {
            return TypedResults.Problem(
                "Service-account tokens are not configured here: set Access:ServiceAccounts:Issuer and Access:ServiceAccounts:Jwks.", statusCode: StatusCodes.Status404NotFound);
        }

        // As new as may be: whoever asks has met a token whose key it does not know.
        return await keys.GetAsync(ClusterKeys.RefreshInterval, cancellationToken) is { } known
            ? TypedResults.Ok(PublicKeys.Of(known))
            : TypedResults.Problem("The cluster's public keys cannot be fetched now: the log of this host says why. Ask again in a few seconds.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>A JSON Web Key Set.</summary>
internal sealed record PublicKeys([property: JsonPropertyName("keys")] IReadOnlyList<PublicKey> Keys)
{
    /// <summary>Members named one by one, so that nothing else of a key could ever leave.</summary>
    public static PublicKeys Of(JsonWebKeySet known) => new(
    [
        .. known.Keys.Where(key => key.Kty is "RSA" or "EC").Select(key => new PublicKey(key.Kty, key.Use, key.Kid, key.Alg)
        {
            N = key.N, E = key.E, Curve = key.Crv, X = key.X, Y = key.Y,
        }),
    ]);
}

/// <summary>A JSON Web Key, its public half (RFC 7517, 7518).</summary>
internal sealed record PublicKey(
    [property: JsonPropertyName("kty")] string Type,
    [property: JsonPropertyName("use"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Use,
    [property: JsonPropertyName("kid"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    [property: JsonPropertyName("alg"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Algorithm)
{
    [JsonPropertyName("n"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? N { get; init; }

    [JsonPropertyName("e"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? E { get; init; }

    [JsonPropertyName("crv"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Curve { get; init; }

    [JsonPropertyName("x"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? X { get; init; }

    [JsonPropertyName("y"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Y { get; init; }
}
