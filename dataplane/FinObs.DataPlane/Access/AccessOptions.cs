using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace FinObs.DataPlane.Access;

/// <summary>Section <c>Access</c>: which machines may come in. With none configured the host has no sign-in and answers on loopback only.</summary>
internal sealed class AccessOptions : IValidatableObject
{
    public const string Section = "Access";

    /// <summary>File with keys, one a line, each with the rights of the operator: two at once let a key be changed without a gap. Mount it from a Secret.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>Tokens of the cluster's service accounts.</summary>
    public ServiceAccountOptions ServiceAccounts { get; set; } = new();

    /// <summary>Somebody can be told from somebody else, so the host may listen beyond this machine.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(ApiKeyFile) || ServiceAccounts.IsConfigured;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ApiKeyFile is { Length: > 0 } file && !File.Exists(file)) yield return new("Access:ApiKeyFile names a file that is not there.");
        foreach (ValidationResult problem in ServiceAccounts.Problems()) yield return problem;
    }
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
