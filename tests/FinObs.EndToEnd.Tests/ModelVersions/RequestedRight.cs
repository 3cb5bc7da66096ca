using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>What an API server would look for in the caller's roles.</summary>
/// <param name="Verb">E.g. <c>watch</c>.</param>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Resource">With its subresource, e.g. <c>modelversions/status</c>.</param>
/// <param name="Namespace">Empty: in all of them.</param>
internal sealed record RequestedRight(string Verb, string Group, string Resource, string Namespace)
{
    /// <summary>Several for one request: server-side apply makes what is not there.</summary>
    public static IEnumerable<RequestedRight> Of(RequestRecord request)
    {
        string[] halves = request.Path.Split('?', 2);
        string query = halves.ElementAtOrDefault(1) ?? "";
        string[] parts = halves[0].Trim('/').Split('/');
        string group = parts[0] == "apis" ? parts[1] : "";
        string[] rest = parts[(group.Length == 0 ? 2 : 3)..];
        string space = "";
        if (rest is ["namespaces", var named, _, ..]) (space, rest) = (named, rest[2..]);
        string resource = rest.Length > 2 ? $"{rest[0]}/{rest[2]}" : rest[0];
        return Verbs(request.Method, hasName: rest.Length > 1, query).Select(verb => new RequestedRight(verb, group, resource, space));
    }

    public static IEnumerable<RequestedRight> Of(V1PolicyRule rule, string space) =>
        from verb in rule.Verbs from named in rule.ApiGroups from resource in rule.Resources select new RequestedRight(verb, named, resource, space);

    public override string ToString() => $"{Verb} {Resource}{(Group.Length == 0 ? "" : $".{Group}")}";

    private static string[] Verbs(string method, bool hasName, string query) => method switch
    {
        "GET" when query.Contains("watch=1", StringComparison.Ordinal) => ["watch"],
        "GET" => [hasName ? "get" : "list"],
        "POST" => ["create"],
        "PUT" => ["update"],
        "PATCH" => query.Contains("force=true", StringComparison.Ordinal) ? ["patch", "create"] : ["patch"],
        "DELETE" => [hasName ? "delete" : "deletecollection"],
        _ => [method],
    };
}
