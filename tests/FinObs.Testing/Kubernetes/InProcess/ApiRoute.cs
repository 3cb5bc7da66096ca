namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>What a path means.</summary>
internal sealed record ApiRoute(string Group, string Version, string Plural, string? Namespace, string? Name, string Subresource)
{
    /// <summary>Null for a path that names no resource.</summary>
    public static ApiRoute? Parse(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        (string Group, string Version, string[] Segments)? found = parts switch
        {
            ["api", "v1", .. var rest] => ("", "v1", rest),
            ["apis", var name, var version, .. var rest] => (name, version, rest),
            _ => null,
        };
        if (found is not var (group, of, segments)) return null;

        // A namespace is itself a resource, and the place of others.
        if (group.Length == 0 && segments is ["namespaces"] or ["namespaces", _] or ["namespaces", _, "status" or "finalize"])
        {
            return new ApiRoute(group, of, "namespaces", Namespace: null, segments.ElementAtOrDefault(1), segments.ElementAtOrDefault(2) ?? "");
        }

        return segments switch
        {
            ["namespaces", var space, var plural, .. var rest] when rest.Length <= 2 => new ApiRoute(group, of, plural, space, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1) ?? ""),
            [var plural, .. var rest] when rest.Length <= 2 => new ApiRoute(group, of, plural, Namespace: null, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1) ?? ""),
            _ => null,
        };
    }
}
