using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources;

/// <summary>How FinObs signs in elsewhere: at most one of bearer token, OAuth 2.0, name and password, certificate; headers of one's own may come on top.</summary>
[Rule(
    "[has(self.bearerSecretRef), has(self.oauth2ClientCredentials), has(self.basicSecretRef), has(self.mtlsSecretRef)].filter(x, x).size() <= 1",
    "auth takes at most one of bearerSecretRef, oauth2ClientCredentials, basicSecretRef, mtlsSecretRef", Check = nameof(IsAtMostOne))]
[Rule(
    "!has(self.headers) || !(has(self.bearerSecretRef) || has(self.oauth2ClientCredentials) || has(self.basicSecretRef))"
    + " || self.headers.all(h, h.name.lowerAscii() != 'authorization')",
    "headers must not set authorization beside bearerSecretRef, oauth2ClientCredentials or basicSecretRef, which set it", Check = nameof(AuthorizationIsSetOnce), FieldPath = ".headers")]
public sealed record OutboundAuth
{
    /// <summary>A bearer token.</summary>
    public SecretKeyRef? BearerSecretRef { get; init; }

    /// <summary>OAuth 2.0 client credentials (RFC 6749, section 4.4).</summary>
    public OAuth2ClientCredentials? Oauth2ClientCredentials { get; init; }

    /// <summary>Name and password (RFC 7617): a Secret of type <c>kubernetes.io/basic-auth</c>.</summary>
    public SecretRef? BasicSecretRef { get; init; }

    /// <summary>A client certificate: a Secret of type <c>kubernetes.io/tls</c>. A <c>ca.crt</c> in it is trusted for the server too.</summary>
    public SecretRef? MtlsSecretRef { get; init; }

    /// <summary>Headers whose values are secret, e.g. an API key.</summary>
    [MaxLength(16), ListMapKey("name")]
    public IReadOnlyList<SecretHeader>? Headers { get; init; }

    private static bool IsAtMostOne(OutboundAuth self) =>
        new object?[] { self.BearerSecretRef, self.Oauth2ClientCredentials, self.BasicSecretRef, self.MtlsSecretRef }.Count(field => field is not null) <= 1;

    private static bool AuthorizationIsSetOnce(OutboundAuth self) =>
        self.Headers is null || self is { BearerSecretRef: null, Oauth2ClientCredentials: null, BasicSecretRef: null }
        || self.Headers.All(header => !header.Name.Equals("authorization", StringComparison.OrdinalIgnoreCase));
}

/// <summary>A header whose value is secret.</summary>
[Rule(
    "!self.name.lowerAscii().startsWith('webhook-') && !(self.name.lowerAscii() in ['host', 'connection', 'content-length', 'content-type', 'transfer-encoding'])",
    "name must not be webhook-*, host, connection, content-length, content-type or transfer-encoding: those are ours to set", Check = nameof(IsFree), FieldPath = ".name")]
public sealed record SecretHeader
{
    private static readonly string[] Ours = ["host", "connection", "content-length", "content-type", "transfer-encoding"];

    /// <summary>Name of the header.</summary>
    [StringLength(128, MinimumLength = 1), RegularExpression("^[A-Za-z0-9_-]+$")]
    public required string Name { get; init; }

    /// <summary>Its value.</summary>
    public required SecretKeyRef SecretRef { get; init; }

    private static bool IsFree(SecretHeader self) =>
        !self.Name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) && !Ours.Contains(self.Name, StringComparer.OrdinalIgnoreCase);
}

/// <summary>OAuth 2.0 client credentials.</summary>
public sealed record OAuth2ClientCredentials
{
    /// <summary>Where a token is asked for.</summary>
    [StringLength(2048, MinimumLength = 8), RegularExpression("^https?://[^ @#]+$")]
    public required string TokenUrl { get; init; }

    /// <summary>The client's id.</summary>
    [StringLength(253, MinimumLength = 1)]
    public required string ClientId { get; init; }

    /// <summary>The client's secret.</summary>
    public required SecretKeyRef ClientSecretRef { get; init; }

    /// <summary>What is asked for.</summary>
    [MaxLength(32), ListSet, ItemPattern("^[!#-\\[\\]-~]+$")]
    public IReadOnlyList<string>? Scopes { get; init; }
}
