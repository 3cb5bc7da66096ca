using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Resources.Files;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;

namespace FinObs.Benchmarks.Operators;

/// <summary>The real operator and the real data plane as processes, on an API server in this one.</summary>
internal sealed class OperatorRig : IAsyncDisposable
{
    /// <summary>Plurals, in the order in which they are filled.</summary>
    public static readonly string[] Kinds = ["callbacktargets", "pullsources", "driftpolicies", "abexperiments", "modelversions"];

    private const string Space = "bench";
    private const string Operator = "operator";
    private const string Api = "apis/finobs.io/v1alpha1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _settled = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _watches = [];
    private readonly InProcessKubernetes _kubernetes;
    private readonly HttpClient _http;
    private DataPlaneProcess _dataPlane = null!;
    private GuardedProcess _operator = null!;
    private int _counted;

    private OperatorRig(InProcessKubernetes kubernetes)
    {
        _kubernetes = kubernetes;
        _http = new HttpClient { BaseAddress = kubernetes.Address, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "bench");
    }

    public double OperatorMegabytes => ResidentMemory.Of(_operator.ChildId);

    public static async Task<OperatorRig> StartAsync(CancellationToken cancellationToken)
    {
        OperatorRig rig = new(await InProcessKubernetes.StartAsync());
        await rig.PrepareAsync(cancellationToken);
        return rig;
    }

    /// <summary>Makes so many of a kind, and waits until each status is about its spec and says whether it is Ready.</summary>
    public async Task<TimeSpan> FillAsync(string kind, int count, CancellationToken cancellationToken)
    {
        long begun = Stopwatch.GetTimestamp();
        Task[] settled = [.. Enumerable.Range(0, count).Select(i => SettledAsync($"{kind}/{kind}-{i}"))];
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (i, cancel) => await CreateAsync(kind, $"{kind}-{i}", i, cancel));
        await Task.WhenAll(settled).WaitAsync(Patience, cancellationToken);
        return Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>One more CallbackTarget: from the request until the watch tells of its status.</summary>
    public async Task<TimeSpan> ProbeAsync(int number, CancellationToken cancellationToken)
    {
        string name = $"probe-{number}";
        Task settled = SettledAsync($"callbacktargets/{name}");
        long begun = Stopwatch.GetTimestamp();
        await CreateAsync("callbacktargets", name, number, cancellationToken);
        await settled.WaitAsync(Patience, cancellationToken);
        return Stopwatch.GetElapsedTime(begun);
    }

    public void BeginCounting() => _counted = _kubernetes.Requests.Count;

    /// <summary>The operator's requests since then, by method and resource.</summary>
    public IReadOnlyDictionary<string, int> Counted() => _kubernetes.Requests.Skip(_counted).Where(request => request.Client == Operator)
        .CountBy(request => $"{request.Method}{(request.Path.Contains("watch=", StringComparison.Ordinal) ? " watch" : "")} {Resource(request.Path)}").ToDictionary(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_watches).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_operator is not null) await _operator.DisposeAsync();
        if (_dataPlane is not null) await _dataPlane.DisposeAsync();
        _http.Dispose();
        await _kubernetes.DisposeAsync();
        _end.Dispose();
        _folder.Dispose();
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await PostAsync("api/v1/namespaces", new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = Space } }, cancellationToken);
        foreach (string file in Directory.EnumerateFiles(RepositoryRoot.Combine("crds"), "*.yaml")) await PostAsync("apis/apiextensions.k8s.io/v1/customresourcedefinitions", Read(file), cancellationToken);
        JsonObject secret = Read(RepositoryRoot.Combine("samples/resources/secrets.yaml"));
        secret["data"] = new JsonObject(secret["stringData"]!.AsObject().Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value!.GetValue<string>())))));
        secret.Remove("stringData");
        await PostAsync($"api/v1/namespaces/{Space}/secrets", secret, cancellationToken);

        _dataPlane = await DataPlaneProcess.StartAsync(_folder.FullPath, ["--Demo:Enabled", "false", "--Models:BuiltIn", "false", "--Storage:DataFolder", _folder.Combine("data")]);
        string kubeconfig = _folder.Combine("kubeconfig");
        await File.WriteAllTextAsync(
            kubeconfig,
            $$"""{"apiVersion":"v1","kind":"Config","current-context":"b","clusters":[{"name":"b","cluster":{"server":"{{_kubernetes.Address}}"}}],"users":[{"name":"b","user":{"token":"{{Operator}}"}}],"contexts":[{"name":"b","context":{"cluster":"b","user":"b","namespace":"{{Space}}"}}]}""",
            cancellationToken);
        _operator = GuardedProcess.Start(
            [
                "dotnet", RepositoryRoot.Combine("operator/FinObs.Operator/bin/Release/net10.0/FinObs.Operator.dll"), "--urls", $"http://127.0.0.1:{FreePort.Next()}", "--Watch:Namespaces", Space, "--Leader:LeaseNamespace", Space,
                "--DataPlane:Url", _dataPlane.Client.BaseAddress!.ToString(), "--Scorer:Image", "finobs/data-plane:bench", "--Logging:LogLevel:Default", "Warning",
            ],
            _folder.FullPath,
            new Dictionary<string, string?> { ["KUBECONFIG"] = kubeconfig });
        foreach (string kind in Kinds) _watches.Add(WatchAsync(kind, _end.Token));
        await ProbeAsync(-1, cancellationToken);
    }

    private Task CreateAsync(string kind, string name, int number, CancellationToken cancellationToken)
    {
        JsonObject made = Read(RepositoryRoot.Combine($"samples/resources/{(kind == "driftpolicies" ? "driftpolicy" : kind[..^1])}.yaml"));
        made["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = Space };
        JsonObject spec = made["spec"]!.AsObject();
        if (kind == "pullsources") spec["schedule"] = new JsonObject { ["cron"] = "0 0 1 1 *" };
        if (kind == "modelversions") (spec["model"], spec["stage"]) = ($"model-{number}", "Retired");
        return PostAsync($"{Api}/namespaces/{Space}/{kind}", made, cancellationToken);
    }

    private async Task WatchAsync(string kind, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(await _http.GetStreamAsync(new Uri($"{Api}/namespaces/{Space}/{kind}?watch=true", UriKind.Relative), cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            using JsonDocument told = JsonDocument.Parse(line);
            JsonElement seen = told.RootElement.GetProperty("object");
            if (seen.TryGetProperty("status", out JsonElement status) && status.TryGetProperty("observedGeneration", out JsonElement observed) && observed.GetInt64() == seen.GetProperty("metadata").GetProperty("generation").GetInt64()
                && status.TryGetProperty("conditions", out JsonElement conditions) && conditions.EnumerateArray().Any(condition => condition.GetProperty("type").GetString() == "Ready"))
            {
                Settled($"{kind}/{seen.GetProperty("metadata").GetProperty("name").GetString()}").TrySetResult();
            }
        }
    }

    private Task SettledAsync(string key) => Settled(key).Task;

    private TaskCompletionSource Settled(string key) => _settled.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using StringContent content = new(body.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static JsonObject Read(string file) => YamlJson.ToJson(YamlJson.Parse(File.ReadAllText(file))!)!.AsObject();

    /// <summary>The plural, and the subresource where there is one.</summary>
    private static string Resource(string path)
    {
        string[] parts = path.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(parts, "namespaces");
        string[] rest = at >= 0 && parts.Length > at + 2 ? parts[(at + 2)..] : parts[^1..];
        return rest.Length > 2 ? $"{rest[0]}/{rest[2]}" : rest[0];
    }
}
