using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources;

/// <summary>How FinObs signs in elsewhere: at most one of its fields.</summary>
[Rule(
    "[has(self.bearerSecretRef), has(self.oauth2ClientCredentials), has(self.mtlsSecretRef)].filter(x, x).size() <= 1",
    "auth takes at most one of bearerSecretRef, oauth2ClientCredentials, mtlsSecretRef", Check = nameof(IsAtMostOne))]
public sealed record OutboundAuth
{
    /// <summary>A bearer token.</summary>
    public SecretKeyRef? BearerSecretRef { get; init; }

    /// <summary>OAuth 2.0 client credentials (RFC 6749, section 4.4).</summary>
    public OAuth2ClientCredentials? Oauth2ClientCredentials { get; init; }

    /// <summary>A client certificate: a Secret of type <c>kubernetes.io/tls</c>.</summary>
    public SecretRef? MtlsSecretRef { get; init; }

    private static bool IsAtMostOne(OutboundAuth self) =>
        new object?[] { self.BearerSecretRef, self.Oauth2ClientCredentials, self.MtlsSecretRef }.Count(field => field is not null) <= 1;
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
