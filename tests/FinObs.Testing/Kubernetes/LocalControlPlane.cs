using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace FinObs.Testing.Kubernetes;

/// <summary>
/// etcd and an API server (and a controller manager, where there is one) on loopback ports, with keys, certificates and a token made
/// here, in a temporary folder. They end with this process.
/// </summary>
internal sealed class LocalControlPlane
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // The processes may not be collected: they end with this one.
    private static readonly List<GuardedProcess> Processes = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("finobs-kube-").FullName;
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
    private readonly int _port = FreePort.Next();
    private readonly int _etcdPort = FreePort.Next();
    private readonly int _etcdPeerPort = FreePort.Next();

    private string ServerCertificate => Path.Combine(_folder, "server.crt");

    public static async Task<KubernetesServer> StartAsync(ControlPlaneBinaries binaries)
    {
        LocalControlPlane plane = new();
        plane.WriteKeys();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Task.WhenAll(Processes.Select(process => process.EndAsync())).GetAwaiter().GetResult();
        plane.Run(binaries.Etcd, plane.EtcdArguments(), isFolderOwner: true);
        string[] arguments = plane.ServerArguments(hasAccounts: binaries.ControllerManager is not null);
        GuardedProcess server = plane.Run(binaries.ApiServer, arguments);
        await plane.WaitUntilReadyAsync(server);
        if (binaries.ControllerManager is { } manager)
        {
            plane.Run(manager, plane.ManagerArguments());
            await plane.WaitUntilReadyAsync(server, "/api/v1/namespaces/default/serviceaccounts/default");
        }

        return new KubernetesServer(plane.Configuration, collectsGarbage: binaries.ControllerManager is not null, RestartAsync);

        async Task RestartAsync()
        {
            await server.EndAsync();
            server = plane.Run(binaries.ApiServer, arguments);
            await plane.WaitUntilReadyAsync(server);
        }
    }

    private KubernetesClientConfiguration Configuration() => new()
    {
        Host = $"https://127.0.0.1:{_port}/",
        AccessToken = _token,
        Namespace = "default",
        SslCaCerts = [X509CertificateLoader.LoadCertificateFromFile(ServerCertificate)],
    };

    private string[] EtcdArguments() =>
    [
        "--name=test", $"--data-dir={_folder}/etcd", $"--listen-client-urls=http://127.0.0.1:{_etcdPort}", $"--advertise-client-urls=http://127.0.0.1:{_etcdPort}",
        $"--listen-peer-urls=http://127.0.0.1:{_etcdPeerPort}", $"--initial-advertise-peer-urls=http://127.0.0.1:{_etcdPeerPort}",
        $"--initial-cluster=test=http://127.0.0.1:{_etcdPeerPort}", "--unsafe-no-fsync", "--log-level=warn",
    ];

    private string[] ServerArguments(bool hasAccounts) =>
    [
        $"--etcd-servers=http://127.0.0.1:{_etcdPort}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", $"--secure-port={_port}", "--endpoint-reconciler-type=none",
        $"--cert-dir={_folder}", $"--tls-cert-file={ServerCertificate}", $"--tls-private-key-file={_folder}/server.key", $"--token-auth-file={_folder}/tokens.csv",
        "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={_folder}/accounts.pub", $"--service-account-signing-key-file={_folder}/accounts.key",
        "--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=RBAC",
        // Nobody makes service accounts without a controller manager, and pods would be refused for the lack of one.
        .. hasAccounts ? Array.Empty<string>() : ["--disable-admission-plugins=ServiceAccount"],
    ];

    private string[] ManagerArguments()
    {
        string kubeconfig = Path.Combine(_folder, "manager.kubeconfig");
        File.WriteAllText(
            kubeconfig,
            $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"t",
             "clusters":[{"name":"t","cluster":{"server":"https://127.0.0.1:{{{_port}}}","certificate-authority":"{{{ServerCertificate}}}"}}],
             "users":[{"name":"u","user":{"token":"{{{_token}}}"}}],"contexts":[{"name":"t","context":{"cluster":"t","user":"u"}}]}
            """);
        return
        [
            $"--kubeconfig={kubeconfig}", "--leader-elect=false", "--bind-address=127.0.0.1", $"--secure-port={FreePort.Next()}", $"--cert-dir={_folder}/manager",
            $"--service-account-private-key-file={_folder}/accounts.key", $"--root-ca-file={ServerCertificate}", "--use-service-account-credentials=true",
            "--controllers=*,-nodeipam,-service-lb-controller,-node-route-controller,-cloud-node-lifecycle",
        ];
    }

    private GuardedProcess Run(string program, string[] arguments, bool isFolderOwner = false)
    {
        GuardedProcess process = GuardedProcess.Start([program, .. arguments], _folder, folderToRemove: isFolderOwner ? _folder : null);
        Processes.Add(process);
        return process;
    }

    private void WriteKeys()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        // Its own authority, so that whoever trusts it trusts nothing else.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(7));
        File.WriteAllText(ServerCertificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "server.key"), key.ExportPkcs8PrivateKeyPem());

        using RSA accounts = RSA.Create(2048);
        File.WriteAllText(Path.Combine(_folder, "accounts.key"), accounts.ExportRSAPrivateKeyPem());
        File.WriteAllText(Path.Combine(_folder, "accounts.pub"), accounts.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(_folder, "tokens.csv"), $"{_token},admin,admin,system:masters\n");
    }

    private async Task WaitUntilReadyAsync(GuardedProcess server, string path = "/readyz")
    {
        using CancellationTokenSource deadline = new(StartDeadline);
        using k8s.Kubernetes client = new(Configuration());
        while (true)
        {
            try
            {
                using HttpRequestMessage request = new(HttpMethod.Get, new Uri(client.BaseUri, path));
                request.Headers.Authorization = new("Bearer", _token);
                using HttpResponseMessage answer = await client.HttpClient.SendAsync(request, deadline.Token);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (!server.HasExited)
            {
                // Not listening yet.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"kube-apiserver did not start:\n{server.Output}", e);
            }

            await Task.Delay(Pause, TimeProvider.System, deadline.Token);
        }
    }
}
