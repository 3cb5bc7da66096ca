namespace FinObs.Testing.Kubernetes;

/// <summary>Where <c>kube-apiserver</c> and <c>etcd</c> lie; envtest's names and places.</summary>
/// <param name="Folder">The folder of both.</param>
internal sealed record ControlPlaneBinaries(string Folder)
{
    private const string Variable = "KUBEBUILDER_ASSETS";
    private const string UsualFolder = "/usr/local/kubebuilder/bin";

    public string Etcd => Path.Combine(Folder, "etcd");

    public string ApiServer => Path.Combine(Folder, "kube-apiserver");

    /// <summary>Null where it is missing: envtest does not bring it.</summary>
    public string? ControllerManager => File.Exists(Path.Combine(Folder, "kube-controller-manager")) ? Path.Combine(Folder, "kube-controller-manager") : null;

    public static ControlPlaneBinaries? Find() =>
        new[] { Environment.GetEnvironmentVariable(Variable), UsualFolder }
            .OfType<string>()
            .Where(folder => File.Exists(Path.Combine(folder, "kube-apiserver")) && File.Exists(Path.Combine(folder, "etcd")))
            .Select(folder => new ControlPlaneBinaries(folder))
            .FirstOrDefault();
}
