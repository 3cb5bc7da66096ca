using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Scorer;
using FinObs.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>
/// Who may use which endpoint, for every endpoint that a host has, asked over its port. A new endpoint is a new line of the snapshot: whoever adds one says in the same commit who may use it.
/// </summary>
public sealed partial class EndpointMatrixTests
{
    private const string Key = "the-key-of-an-operator";

    private static readonly string[] TwoPermissions = [Permissions.TransactionCreate, Permissions.TransactionRead];

    [Fact]
    public async Task Each_endpoint_of_the_data_plane_lets_in_whom_the_matrix_says()
    {
        await using TestIssuer cluster = await TestIssuer.StartAsync();
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.Sqlite, [.. cluster.Settings, "--Access:RateLimit:RequestsPerMinute", "0", "--Access:FailedCredentialsPerMinute", "0"]);
        var key = await host.AskAsync(HttpMethod.Post, "/v1/access/keys", OidcHost.OperatorKey, new { name = "two permissions", permissions = TwoPermissions });
        string gone = await host.Issuer.TokenAsync("gone", "admin");
        string goneId = await host.IdOfAsync(gone);
        await host.IdOfAsync(await host.Issuer.TokenAsync("in-the-role-of-admin", Roles.Admin));
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Post, $"/v1/users/{goneId}/deactivate", OidcHost.OperatorKey)).Status);
        List<(string Who, string? Shown)> callers =
        [
            ("nobody", null), ("workload", cluster.Token(TestIssuer.Workload)), ("operator", cluster.Token(TestIssuer.Operator)), ("key file", OidcHost.OperatorKey),
            ("api key", key.Body.GetProperty("key").GetString()),
        ];
        foreach (string role in Roles.OfPeople.Keys.Order(StringComparer.Ordinal)) callers.Add((role, await host.Issuer.TokenAsync($"in-the-role-of-{role}", role)));
        callers.Add(("no role", await host.Issuer.TokenAsync("new-here")));
        callers.Add(("deactivated", gone));

        Snapshot.Matches("data-plane.txt", await MatrixAsync(Endpoints(host.Host.Services), [.. callers], _ => host.Client));
    }

    /// <summary>Nothing is closed or open by accident: each endpoint says which it is.</summary>
    [Fact]
    public async Task Each_endpoint_of_the_data_plane_names_who_may_use_it()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");

        string[] silent =
        [
            .. host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => !NamesWho(endpoint.Metadata)).Select(endpoint => endpoint.RoutePattern.RawText ?? ""),
        ];

        Assert.Empty(silent);
    }

    private static bool NamesWho(EndpointMetadataCollection metadata) =>
        metadata.GetMetadata<PermissionRequirement>() is not null || metadata.GetMetadata<AnyPermissionRequirement>() is not null || metadata.GetMetadata<KnownCallerRequirement>() is not null
        || metadata.GetMetadata<IAllowAnonymous>() is not null || metadata.GetOrderedMetadata<IAuthorizeData>().Any(policy => policy.Policy == AccessServices.WorkloadPolicy);

    [Fact]
    public async Task Each_endpoint_of_a_scorer_lets_in_whom_the_matrix_says()
    {
        using TemporaryFolder folder = new();
        await using TestIssuer issuer = await TestIssuer.StartAsync();
        await using TestScorer scorer = await TestScorer.StartReadyAsync(
            [.. issuer.Settings, "--Access:ServiceAccounts:Callers:0", ScorerAccessTests.DataPlane, "--Scorer:Access:ApiKeyFile", WriteKey(folder)]);
        using HttpClient grpc = new() { BaseAddress = scorer.GrpcAddress, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        (string Who, string? Shown)[] callers =
        [
            ("nobody", null), ("workload", issuer.Token(TestIssuer.Workload)), ("operator", issuer.Token(TestIssuer.Operator)), ("caller", issuer.Token(ScorerAccessTests.DataPlane)), ("key", Key),
        ];

        Snapshot.Matches("scorer.txt", await MatrixAsync(Endpoints(scorer.Services), callers, path => path.Contains("GRPC", StringComparison.Ordinal) ? grpc : scorer.Http));
    }

    [Fact]
    public async Task Without_access_everybody_on_this_machine_may_use_every_endpoint()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");

        using HttpClient client = Client(host.Client.BaseAddress!);
        string matrix = await MatrixAsync(Endpoints(host.Services), [("nobody", null)], _ => client);

        Assert.All(matrix.Split('\n'), line => Assert.EndsWith("nobody yes", line, StringComparison.Ordinal));
    }

    private static async Task<string> MatrixAsync(IReadOnlyList<(string Method, string Pattern)> endpoints, (string Who, string? Shown)[] callers, Func<string, HttpClient> client)
    {
        List<string> lines = [];
        foreach ((string method, string pattern) in endpoints)
        {
            List<string> outcomes = [];
            foreach ((string who, string? shown) in callers) outcomes.Add($"{who} {await OutcomeAsync(client(pattern), method, pattern, shown)}");
            lines.Add($"{method,-6} {pattern,-60}  {string.Join(", ", outcomes)}");
        }

        return string.Join('\n', lines);
    }

    /// <summary>Whether the caller comes as far as the endpoint; what that makes of a request without sense does not matter here.</summary>
    private static async Task<string> OutcomeAsync(HttpClient client, string method, string pattern, string? shown)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), new Uri(PathOf(pattern), UriKind.Relative)) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (shown is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        if (pattern.Contains("GRPC", StringComparison.Ordinal)) request.Content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };
        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "401",
            HttpStatusCode.Forbidden => "403",
            _ => "yes",
        };
    }

    private static (string Method, string Pattern)[] Endpoints(IServiceProvider services) =>
    [
        .. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => (Method: method, Pattern: "/" + (endpoint.RoutePattern.RawText ?? "").TrimStart('/'))))
            .Distinct()
            .OrderBy(endpoint => endpoint.Pattern, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.Method, StringComparer.Ordinal),
    ];

    private static string PathOf(string pattern) => Parameter().Replace(pattern, parameter => parameter.Value.Contains(":guid", StringComparison.Ordinal) ? $"{Guid.Empty}" : "x");

    /// <summary>Follows no redirect: that would leave the caller's credentials behind.</summary>
    private static HttpClient Client(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };

    private static string WriteKey(TemporaryFolder folder)
    {
        string path = folder.Combine("key");
        File.WriteAllText(path, Key);
        return path;
    }

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
