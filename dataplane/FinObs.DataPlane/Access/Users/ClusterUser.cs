namespace FinObs.DataPlane.Access.Users;

/// <summary>Section <c>Access:ClusterUsers</c>: whom the cluster calls by a name from which nobody could tell.</summary>
internal sealed class ClusterUser
{
    /// <summary>As the API server calls them: <c>kubectl auth whoami</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>Who that is here: the issuer's subject, the e-mail, or <c>user:ID</c>.</summary>
    public string Person { get; set; } = "";

    /// <summary>
    /// Whether a name in the cluster may be this person's. What is configured for the name alone counts; else subject, user name, name, e-mail and what stands before its @ are compared, without case, with the name and with
    /// what follows the prefix that API servers put before it (<c>https://issuer#sub</c>, <c>oidc:ada</c>, <c>…:assumed-role/team/ada</c>). It rather takes two people for one: that costs the word of somebody else,
    /// the other mistake lets somebody agree with themselves.
    /// </summary>
    public static bool IsMeant(string name, Guid id, UserProfile profile, IEnumerable<ClusterUser> configured)
    {
        ClusterUser[] said = [.. configured.Where(user => string.Equals(user.Name, name, StringComparison.OrdinalIgnoreCase))];
        if (said.Length > 0) return said.Any(user => user.Person == $"user:{id:D}" || Is(user.Person, profile.Subject) || Is(user.Person, profile.Email));

        // The cluster's own programs; nobody signs in by such a name.
        if (name.StartsWith("system:", StringComparison.Ordinal)) return false;
        string bare = name[(name.LastIndexOfAny(['#', ':', '/']) + 1)..];
        string?[] forms = [profile.Subject, profile.Username, profile.Name, profile.Email, profile.Email?.Split('@')[0]];
        return forms.Any(form => Is(name, form) || Is(bare, form));
    }

    private static bool Is(string name, string? form) => !string.IsNullOrWhiteSpace(form) && string.Equals(name.Trim(), form.Trim(), StringComparison.OrdinalIgnoreCase);
}
