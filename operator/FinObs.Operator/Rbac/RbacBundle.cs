using k8s;
using k8s.Models;

namespace FinObs.Operator.Rbac;

/// <summary>The operator's roles with their bindings, as <c>kubectl apply</c> takes them: all namespaces, and the lease in its own.</summary>
internal static class RbacBundle
{
    public const string Namespace = "finobs-system";
    public const string Account = "finobs-operator";
    private const string Lease = "finobs-operator-lease";
    private const string Group = "rbac.authorization.k8s.io";

    public static string Yaml() => "# Generated from operator/FinObs.Operator/Rbac/OperatorRules.cs by `make generate`: do not edit.\n" + KubernetesYaml.SerializeAll(
        [
            new V1ClusterRole { ApiVersion = $"{Group}/v1", Kind = "ClusterRole", Metadata = Named(Account), Rules = [.. OperatorRules.Namespaced] },
            new V1ClusterRoleBinding { ApiVersion = $"{Group}/v1", Kind = "ClusterRoleBinding", Metadata = Named(Account), RoleRef = Ref("ClusterRole", Account), Subjects = [Operator()] },
            new V1Role { ApiVersion = $"{Group}/v1", Kind = "Role", Metadata = Named(Lease, Namespace), Rules = [.. OperatorRules.OwnNamespace] },
            new V1RoleBinding { ApiVersion = $"{Group}/v1", Kind = "RoleBinding", Metadata = Named(Lease, Namespace), RoleRef = Ref("Role", Lease), Subjects = [Operator()] },
        ]).ReplaceLineEndings("\n").TrimEnd('\n') + "\n";

    private static V1ObjectMeta Named(string name, string? space = null) => new() { Name = name, NamespaceProperty = space, Labels = new Dictionary<string, string> { ["app.kubernetes.io/part-of"] = "finobs" } };

    private static V1RoleRef Ref(string kind, string name) => new() { ApiGroup = Group, Kind = kind, Name = name };

    private static Rbacv1Subject Operator() => new() { Kind = "ServiceAccount", Name = Account, NamespaceProperty = Namespace };
}
