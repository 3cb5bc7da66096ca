using System.Globalization;
using System.Net;
using System.Text.Json;
using Xunit;

namespace FinObs.Testing;

/// <summary>
/// A real Prometheus of a test's own: the binary that <c>FINOBS_TEST_PROMETHEUS</c> names, or the machine's own. With none of them a test skips and says so; where <c>CI</c> is true it fails.
/// Its <c>promtool</c> lies beside it.
/// </summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    public const string Variable = "FINOBS_TEST_PROMETHEUS";

    private const string Missing = "No Prometheus for the tests: install it (Debian: apt-get install prometheus; macOS: brew install prometheus), or set " + Variable + " to the path of its binary.";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly GuardedProcess _process;
    private readonly TemporaryFolder _folder;
    private readonly HttpClient _client;

    private PrometheusServer(GuardedProcess process, TemporaryFolder folder, Uri address)
    {
        (_process, _folder) = (process, folder);
        _client = new HttpClient { BaseAddress = address };
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="configuration">Of Prometheus, as YAML. Relative paths in it are of the folder where it is written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PrometheusServer> StartAsync(string configuration, CancellationToken cancellationToken)
    {
        string binary = Binary("prometheus");
        TemporaryFolder folder = new();
        string file = folder.Combine("prometheus.yaml");
        await File.WriteAllTextAsync(file, configuration, cancellationToken);
        string listen = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Next()}");
        GuardedProcess process = GuardedProcess.Start(
            [binary, $"--config.file={file}", $"--storage.tsdb.path={folder.Combine("data")}", $"--web.listen-address={listen}", "--enable-feature=exemplar-storage", "--log.level=warn"], folder.FullPath);
        PrometheusServer server = new(process, folder, new Uri($"http://{listen}"));
        try
        {
            using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(StartDeadline);
            while (!await server.IsReadyAsync(deadline.Token))
            {
                Assert.False(process.HasExited, $"Prometheus ended:\n{process.Output}");
                await Task.Delay(Pause, TimeProvider.System, deadline.Token);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs promtool to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message holds what it printed.</exception>
    public static Task<string> PromtoolAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        GuardedProcess.RunAsync([Binary("promtool"), .. arguments], RepositoryRoot.FullPath, cancellationToken);

    /// <summary>What an expression gives at this moment: one text for each series, its labels and value.</summary>
    /// <exception cref="InvalidOperationException">Prometheus cannot evaluate it; the message says why.</exception>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(string expression, CancellationToken cancellationToken)
    {
        JsonElement data = await ReadAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}", cancellationToken);
        JsonElement result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() == "vector" ? [.. result.EnumerateArray()] : [result];
    }

    /// <summary>The <c>data</c> of an answer of its API.</summary>
    /// <exception cref="InvalidOperationException">Prometheus refuses; the message says why.</exception>
    public async Task<JsonElement> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        JsonElement body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)).RootElement;
        return body.GetProperty("status").GetString() == "success"
            ? body.GetProperty("data")
            : throw new InvalidOperationException($"{path}: {body.GetProperty("error").GetString()}");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static string Binary(string name)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return name == "prometheus" ? named : Path.Combine(Path.GetDirectoryName(named)!, name);
        }

        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), Missing);
            Assert.Skip(Missing);
        }

        return found;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri("/-/ready", UriKind.Relative), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
