using System.Text;
using DotNet.Testcontainers.Builders;
using k8s;
using Testcontainers.K3s;

namespace FinObs.Testing.Kubernetes;

/// <summary>k3s in a container, where a Docker engine answers. Testcontainers' reaper removes it when this process is gone.</summary>
internal static class K3sServer
{
    private const string Image = "rancher/k3s:v1.34.1-k3s1";

    public static async Task<KubernetesServer?> TryStartAsync()
    {
        try
        {
            K3sContainer container = new K3sBuilder(Image).Build();
            await container.StartAsync();
            string kubeconfig = await container.GetKubeconfigAsync();
            return new KubernetesServer(
                () =>
                {
                    using MemoryStream stream = new(Encoding.UTF8.GetBytes(kubeconfig));
                    return KubernetesClientConfiguration.BuildConfigFromConfigFile(stream);
                },
                collectsGarbage: true);
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }
}
