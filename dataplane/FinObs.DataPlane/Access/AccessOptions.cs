using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using FinObs.DataPlane.Access.Oidc;
using FinObs.DataPlane.Access.Users;

namespace FinObs.DataPlane.Access;

/// <summary>Section <c>Access</c>: who may come in. With nothing configured the host has no sign-in and answers on loopback only.</summary>
internal sealed class AccessOptions : IValidatableObject
{
    public const string Section = "Access";

    /// <summary>File with keys, one a line, each with the rights of the operator: two at once let a key be changed without a gap. Mount it from a Secret.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>Tokens of the cluster's service accounts.</summary>
    public ServiceAccountOptions ServiceAccounts { get; set; } = new();

    /// <summary>People's tokens, and their sign-in with a browser.</summary>
    public OidcOptions Oidc { get; set; } = new();

    /// <summary>People whom the cluster calls by a name that says nothing here: whoever changes a resource there is kept from agreeing to it here.</summary>
    public IList<ClusterUser> ClusterUsers { get; } = [];

    /// <summary>How long a browser stays signed in.</summary>
    public SessionOptions Session { get; set; } = new();

    /// <summary>A first key for senders of transactions, also read from <c>WEBHOOK_API_KEY</c>: it may send and read transactions, explanations and deliveries, and nothing else.</summary>
    public string? WebhookApiKey { get; set; }

    /// <summary>Whether <c>?key=</c> is read on <c>/webhooks/…</c>. Addresses end up in the logs of whatever stands in front of this host: only for senders that can set no header.</summary>
    public bool AllowKeyInQuery { get; set; }

    /// <summary>Wrong credentials from one address within a minute, after which it is not listened to for the rest of it; 0 = no limit.</summary>
    [Range(0, 1_000_000)]
    public int FailedCredentialsPerMinute { get; set; } = 10;

    /// <summary>How much one person or key may ask for.</summary>
    public RateLimitOptions RateLimit { get; set; } = new();

    /// <summary>Pages of other hosts that may call this one with a bearer token.</summary>
    public CorsOptions Cors { get; set; } = new();

    /// <summary>Somebody can be told from somebody else, so the host may listen beyond this machine.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(ApiKeyFile) || ServiceAccounts.IsConfigured || Oidc.IsConfigured || !string.IsNullOrEmpty(WebhookApiKey);

    /// <summary>As configured, before there are services.</summary>
    public static AccessOptions From(IConfiguration configuration)
    {
        AccessOptions options = configuration.GetSection(Section).Get<AccessOptions>() ?? new AccessOptions();
        options.WebhookApiKey ??= configuration["WEBHOOK_API_KEY"];
        return options;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApiKeyFile is { Length: > 0 } file && !File.Exists(file)) yield return new("Access:ApiKeyFile names a file that is not there.");
        if (WebhookApiKey is { Length: > 0 and < ShortestKey }) yield return new($"Access:WebhookApiKey (WEBHOOK_API_KEY) has fewer than {ShortestKey} characters: make one with openssl rand -base64 32.");
        if (Cors.Origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong) yield return new($"Access:Cors:Origins: {wrong} is no origin: write https://host, without a path, and no wildcard.");
        if (ClusterUsers.Any(user => string.IsNullOrWhiteSpace(user.Name) || string.IsNullOrWhiteSpace(user.Person))) yield return new("Access:ClusterUsers needs a Name (kubectl auth whoami) and a Person (subject, e-mail or user:ID) each.");
        if (Session.IdleTimeout > Session.MaxLifetime) yield return new("Access:Session:IdleTimeout must not be longer than MaxLifetime.");
        foreach (ValidationResult problem in ServiceAccounts.Problems().Concat(Oidc.Problems())) yield return problem;
    }

    private const int ShortestKey = 16;

    private static bool IsOrigin(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) && (uri.Scheme is "http" or "https") && string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Section <c>Access:Session</c>.</summary>
internal sealed class SessionOptions
{
    /// <summary>Without a request for this long, a browser has to sign in again.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>And after this long in any case.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromHours(12);
}

/// <summary>Section <c>Access:RateLimit</c>.</summary>
internal sealed class RateLimitOptions
{
    /// <summary>Of one person or key; 0 = no limit. Sending transactions is not counted, nor are machines of the installation.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerMinute { get; set; } = 1_200;
}

/// <summary>Section <c>Access:Cors</c>.</summary>
internal sealed class CorsOptions
{
    /// <summary><c>https://host[:port]</c>; none = no page of another host reads anything.</summary>
    public IList<string> Origins { get; } = [];
}

/// <summary>Section <c>Access:ServiceAccounts</c>: projected service-account tokens, verified with the cluster's public keys.</summary>
internal sealed partial class ServiceAccountOptions
{
    /// <summary>The cluster's issuer, as <c>kubectl get --raw /.well-known/openid-configuration</c> says it; none = such tokens are not accepted.</summary>
    public string? Issuer { get; set; }

    /// <summary>Whom a token must be made for: one that is shown elsewhere is worth nothing here, and the other way round.</summary>
    public string Audience { get; set; } = "finobs";

    /// <summary>Where the public keys are: <c>https://kubernetes.default.svc/openid/v1/jwks</c>, or a file.</summary>
    public string? Jwks { get; set; }

    /// <summary>The certificate authority of <see cref="Jwks"/>; none = those of the system.</summary>
    public string? CaFile { get; set; }

    /// <summary>A token that <see cref="Jwks"/> asks for, read anew for each fetch.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Who may do everything that machines may: <c>system:serviceaccount:NAMESPACE:NAME</c>.</summary>
    public IList<string> Operators { get; } = [];

    /// <summary>Name of the service account that the operator's retraining Jobs have, in whichever namespace: it may carry out that namespace's runs and upload what they train. None = nobody by name.</summary>
    public string? Trainer { get; set; }

    /// <summary>Who may ask for scores, where this host is a scoring pod.</summary>
    public IList<string> Callers { get; } = [];

    public bool IsConfigured => !string.IsNullOrEmpty(Issuer);

    internal IEnumerable<ValidationResult> Problems()
    {
        if (!IsConfigured)
        {
            if (Operators.Count + Callers.Count > 0) yield return new("Access:ServiceAccounts names who may come in, and no Issuer whose tokens could show it: set Access:ServiceAccounts:Issuer and Jwks.");
            yield break;
        }

        if (string.IsNullOrEmpty(Jwks))
        {
            yield return new("Access:ServiceAccounts:Issuer needs Access:ServiceAccounts:Jwks: the address of the cluster's public keys, or a file with them.");
        }
        else if (Jwks.Contains("://", StringComparison.Ordinal) && (!Uri.TryCreate(Jwks, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https")))
        {
            yield return new("Access:ServiceAccounts:Jwks must be http://, https:// or a file.");
        }

        if (string.IsNullOrEmpty(Audience)) yield return new("Access:ServiceAccounts:Audience must not be empty: a token for anybody is a token for nobody.");
        if (Operators.Concat(Callers).FirstOrDefault(name => !Subject().IsMatch(name)) is { } wrong)
        {
            yield return new($"Access:ServiceAccounts: {wrong} is no service account: write system:serviceaccount:NAMESPACE:NAME.");
        }
    }

    [GeneratedRegex("^system:serviceaccount:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?:[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Subject();
}
