using System.CommandLine;
using k8s;

namespace FinObs.Kubectl;

/// <summary>Which cluster and namespace, as kubectl takes them.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<string?> _namespace = new("--namespace", "-n") { Description = "Namespace; default: that of the context." };
    private readonly Option<string?> _context = new("--context") { Description = "Context of the kubeconfig." };
    private readonly Option<FileInfo?> _kubeconfig = new("--kubeconfig") { Description = "The kubeconfig; default: $KUBECONFIG, then ~/.kube/config." };

    public void AddTo(Command command)
    {
        command.Add(_namespace);
        command.Add(_context);
        command.Add(_kubeconfig);
    }

    public (Kubernetes Client, string Namespace) Connect(ParseResult result)
    {
        KubernetesClientConfiguration configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile((result.GetValue(_kubeconfig) ?? FromEnvironment())?.FullName, result.GetValue(_context));
        return (new Kubernetes(configuration), NamespaceOf(result, configuration));
    }

    public string NamespaceOf(ParseResult result) => result.GetValue(_namespace) is { } named
        ? named
        : NamespaceOf(result, KubernetesClientConfiguration.BuildConfigFromConfigFile((result.GetValue(_kubeconfig) ?? FromEnvironment())?.FullName, result.GetValue(_context)));

    private string NamespaceOf(ParseResult result, KubernetesClientConfiguration configuration) =>
        result.GetValue(_namespace) ?? (string.IsNullOrEmpty(configuration.Namespace) ? "default" : configuration.Namespace);

    private static FileInfo? FromEnvironment() => Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } path ? new FileInfo(path.Split(Path.PathSeparator)[0]) : null;
}
