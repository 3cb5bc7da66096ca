using System.CommandLine;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Rbac;

/// <summary><c>rbac --out DIR --bundle DIR</c>: the rules for the chart, one file for each place that they hold in, and the same as roles with their bindings for those without Helm.</summary>
internal static class RbacCommand
{
    public const string NamespacedFile = "namespaced.yaml";
    public const string OwnNamespaceFile = "own-namespace.yaml";
    public const string BundleFile = "operator-rbac.yaml";

    public static Command Create()
    {
        Option<DirectoryInfo> folder = new("--out") { Description = "Where to write them.", Required = true };
        Option<DirectoryInfo?> bundle = new("--bundle") { Description = "The folder of the plain manifests, to renew their roles." };
        Command command = new("rbac", "Write the rules of the operator's roles.") { folder, bundle };
        command.SetAction(result =>
        {
            DirectoryInfo to = result.GetRequiredValue(folder);
            to.Create();
            File.WriteAllText(Path.Combine(to.FullName, NamespacedFile), Yaml(OperatorRules.Namespaced));
            File.WriteAllText(Path.Combine(to.FullName, OwnNamespaceFile), Yaml(OperatorRules.OwnNamespace));
            if (result.GetValue(bundle) is { } plain) File.WriteAllText(Path.Combine(plain.FullName, BundleFile), RbacBundle.Yaml());
        });
        return command;
    }

    internal static string Yaml(IReadOnlyList<V1PolicyRule> rules) => KubernetesYaml.Serialize(rules).ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
