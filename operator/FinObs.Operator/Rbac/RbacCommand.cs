using System.CommandLine;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Rbac;

/// <summary><c>rbac --out DIR</c>: the rules for the chart, one file for each place that they hold in.</summary>
internal static class RbacCommand
{
    public const string NamespacedFile = "namespaced.yaml";
    public const string OwnNamespaceFile = "own-namespace.yaml";

    public static Command Create()
    {
        Option<DirectoryInfo> folder = new("--out") { Description = "Where to write them.", Required = true };
        Command command = new("rbac", "Write the rules of the operator's roles.") { folder };
        command.SetAction(result =>
        {
            DirectoryInfo to = result.GetRequiredValue(folder);
            to.Create();
            File.WriteAllText(Path.Combine(to.FullName, NamespacedFile), Yaml(OperatorRules.Namespaced));
            File.WriteAllText(Path.Combine(to.FullName, OwnNamespaceFile), Yaml(OperatorRules.OwnNamespace));
        });
        return command;
    }

    internal static string Yaml(IReadOnlyList<V1PolicyRule> rules) => KubernetesYaml.Serialize(rules).ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
