using System.Net.Http.Headers;
using System.Text.Json;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Operator.Rbac;
using FinObs.Testing;
using k8s;
using k8s.Models;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>
/// Who is who in the world. On a real API server as an installation by the chart has it: the operator is a service account with the chart's roles and no other right; it shows the data plane a token
/// that the server made for it, and the data plane verifies that with the server's keys. The server inside the process has neither accounts nor roles: there a key does. The test itself has a key on both.
/// </summary>
internal sealed class WorldAccess
{
    public const string OperatorAccount = "finobs-operator";
    public const string DataPlaneAccount = "finobs-data-plane";
    public const string Audience = "finobs";
    private const string Key = "the-key-of-the-test";
    private const int TokenSeconds = 3600;

    private readonly KubernetesClientConfiguration _admin;
    private readonly Kubernetes _client;
    private readonly KubernetesApi _api;
    private readonly string _space;
    private readonly string _folder;

    private WorldAccess(KubernetesClientConfiguration admin, Kubernetes client, string space, string folder)
    {
        (_admin, _client, _space, _folder) = (admin, client, space, folder);
        _api = new KubernetesApi(client, WriteFence.AlwaysOpen, TimeProvider.System);
        Operator = new KubernetesClientConfiguration { Host = admin.Host, AccessToken = OperatorAccount };
        DataPlaneSettings = ["--Access:ApiKeyFile", Write("key", Key)];
        OperatorSettings = ["--DataPlane:ApiKeyFile", Write("key", Key)];
    }

    /// <summary>How the operator reaches the API server.</summary>
    public KubernetesClientConfiguration Operator { get; private set; }

    public string[] OperatorSettings { get; private set; }

    public string[] DataPlaneSettings { get; private set; }

    /// <summary>Of the server's tokens; empty where it makes none.</summary>
    public string Issuer { get; private set; } = "";

    public static AuthenticationHeaderValue TestKey { get; } = new("Bearer", Key);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>In a namespace that is there.</summary>
    public static async Task<WorldAccess> CreateAsync(KubernetesClientConfiguration admin, Kubernetes client, string space, string folder)
    {
        WorldAccess access = new(admin, client, space, folder);
        if (admin.Host.StartsWith("https:", StringComparison.Ordinal)) await access.UseAccountsAsync();
        return access;
    }

    /// <summary>A token of an account of the namespace, from the server's TokenRequest; without an audience it is for the server itself.</summary>
    public async Task<string> TokenAsync(string account, string? audience = null)
    {
        Authenticationv1TokenRequest request = new() { Spec = new V1TokenRequestSpec { Audiences = audience is null ? [] : [audience], ExpirationSeconds = TokenSeconds } };
        return (await _client.CoreV1.CreateNamespacedServiceAccountTokenAsync(request, account, _space, cancellationToken: Cancel)).Status.Token;
    }

    /// <summary>As tokens say it.</summary>
    public string NameOf(string account) => $"system:serviceaccount:{_space}:{account}";

    public Task CreateAccountAsync(string name) => CreateAsync(new V1ServiceAccount { Metadata = Named(name) });

    private async Task UseAccountsAsync()
    {
        await CreateAccountAsync(OperatorAccount);
        await CreateAccountAsync(DataPlaneAccount);
        await GrantAsync("finobs-operator", RbacCommand.NamespacedFile);
        await GrantAsync("finobs-operator-lease", RbacCommand.OwnNamespaceFile);
        Operator = new KubernetesClientConfiguration { Host = _admin.Host, SslCaCerts = _admin.SslCaCerts, AccessToken = await TokenAsync(OperatorAccount) };
        OperatorSettings = ["--DataPlane:TokenFile", Write("operator-token", await TokenAsync(OperatorAccount, Audience))];

        using JsonDocument discovery = JsonDocument.Parse(await ReadAsync("/.well-known/openid-configuration"));
        Issuer = discovery.RootElement.GetProperty("issuer").GetString()!;
        DataPlaneSettings =
        [
            .. DataPlaneSettings,
            "--Access:ServiceAccounts:Issuer", Issuer,
            "--Access:ServiceAccounts:Audience", Audience,
            "--Access:ServiceAccounts:Jwks", new Uri(new Uri(_admin.Host), "/openid/v1/jwks").ToString(),
            "--Access:ServiceAccounts:CaFile", Write("ca.crt", string.Join('\n', _admin.SslCaCerts.Select(authority => authority.ExportCertificatePem()))),
            "--Access:ServiceAccounts:TokenFile", Write("cluster-token", await TokenAsync(DataPlaneAccount)),
            "--Access:ServiceAccounts:Operators:0", NameOf(OperatorAccount),
        ];
    }

    /// <summary>The chart's rules as they are committed, in this namespace.</summary>
    private async Task GrantAsync(string role, string file)
    {
        string rules = await File.ReadAllTextAsync(RepositoryRoot.Combine($"charts/finobs/rbac/{file}"), Cancel);
        await CreateAsync(new V1Role { Metadata = Named(role), Rules = KubernetesYaml.Deserialize<List<V1PolicyRule>>(rules) });
        await CreateAsync(new V1RoleBinding
        {
            Metadata = Named(role),
            RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = role },
            Subjects = [new Rbacv1Subject { Kind = "ServiceAccount", Name = OperatorAccount, NamespaceProperty = _space }],
        });
    }

    private async Task<string> ReadAsync(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(_client.BaseUri, path));
        if (_client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, Cancel);
        using HttpResponseMessage answer = await _client.HttpClient.SendAsync(request, Cancel);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private Task<T> CreateAsync<T>(T resource)
        where T : class => new ResourceClient<T>(_api).CreateAsync(resource, Cancel);

    private V1ObjectMeta Named(string name) => new() { Name = name, NamespaceProperty = _space };

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
