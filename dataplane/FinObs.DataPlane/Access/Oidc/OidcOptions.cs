using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Access.Oidc;

/// <summary>Section <c>Access:Oidc</c>: the issuer whose tokens people show. Whoever may sign up there is the issuer's business.</summary>
internal sealed class OidcOptions
{
    /// <summary>The issuer's address; its keys and endpoints are found at <c>/.well-known/openid-configuration</c> beneath. None = no people.</summary>
    public string? Authority { get; set; }

    /// <summary>Where that document is, if not there: an address inside the cluster, for instance.</summary>
    public string? MetadataAddress { get; set; }

    /// <summary>Off only for an issuer on this machine or behind a mesh: whoever changes its keys on the wire is whoever they like. Cookies then also go over http.</summary>
    public bool RequireHttpsMetadata { get; set; } = true;

    /// <summary>One of which a token's <c>aud</c> must be.</summary>
    public IList<string> Audiences { get; } = [];

    /// <summary>Or one of which its <c>azp</c> must be, for issuers that write no audience (Clerk).</summary>
    public IList<string> AuthorizedParties { get; } = [];

    /// <summary>The claim that never changes for a person. Entra ID: <c>oid</c>, where several applications share the users.</summary>
    public string SubjectClaim { get; set; } = "sub";

    /// <summary>Where a token names roles or groups: a claim, or a path with dots into one (<c>realm_access.roles</c>).</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Our role → the names in the token that give it. Empty = the token uses our names.</summary>
    public Dictionary<string, List<string>> RoleMap { get; } = new(StringComparer.Ordinal);

    /// <summary>The role of those to whom neither the token nor an administrator gives one; none = they can do nothing.</summary>
    public string? DefaultRole { get; set; }

    /// <summary>For browsers: the client under which this host is registered with the issuer; none = no sign-in with a browser.</summary>
    public string? ClientId { get; set; }

    /// <summary>A file with the client's secret; none = a public client with PKCE alone.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>What a browser's sign-in asks for.</summary>
    public IList<string> Scopes { get; } = [];

    public bool IsConfigured => !string.IsNullOrEmpty(Authority);

    public bool HasBrowser => IsConfigured && !string.IsNullOrEmpty(ClientId);

    internal IEnumerable<ValidationResult> Problems()
    {
        if (!IsConfigured)
        {
            if (Audiences.Count + AuthorizedParties.Count + RoleMap.Count > 0 || !string.IsNullOrEmpty(ClientId)) yield return new("Access:Oidc says how tokens are read, and not whose: set Access:Oidc:Authority.");
            yield break;
        }

        foreach (string address in new[] { Authority!, MetadataAddress ?? Authority! })
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https")) yield return new("Access:Oidc:Authority and MetadataAddress must be https:// addresses.");
            else if (RequireHttpsMetadata && uri.Scheme != "https") yield return new($"Access:Oidc: {address} is not https: only with Access:Oidc:RequireHttpsMetadata=false, on this machine or behind a mesh.");
        }

        if (Audiences.Count + AuthorizedParties.Count == 0 && !HasBrowser)
        {
            yield return new("Access:Oidc needs Audiences (the token's aud) or AuthorizedParties (its azp): a token that the issuer made for somebody else is worth nothing here.");
        }

        if (Audiences.Concat(AuthorizedParties).Any(string.IsNullOrWhiteSpace)) yield return new("Access:Oidc:Audiences and AuthorizedParties must not hold an empty name.");
        if (RoleMap.Keys.FirstOrDefault(role => !Roles.OfPeople.ContainsKey(role)) is { } wrong)
        {
            yield return new($"Access:Oidc:RoleMap: {wrong} is no role here: write our role, then the names in the token that give it (RoleMap:admin:0=their-name). Roles: {string.Join(", ", Roles.OfPeople.Keys.Order(StringComparer.Ordinal))}.");
        }

        if (DefaultRole is { Length: > 0 } role && !Roles.OfPeople.ContainsKey(role)) yield return new($"Access:Oidc:DefaultRole: {role} is no role here.");
        if (DefaultRole == Roles.Admin) yield return new("Access:Oidc:DefaultRole must not be admin: everybody whom the issuer knows would be one.");
        if (string.IsNullOrWhiteSpace(RoleClaim) || string.IsNullOrWhiteSpace(SubjectClaim)) yield return new("Access:Oidc:RoleClaim and SubjectClaim must not be empty.");
        if (ClientSecretFile is { Length: > 0 } file && !File.Exists(file)) yield return new("Access:Oidc:ClientSecretFile names a file that is not there.");
    }
}
