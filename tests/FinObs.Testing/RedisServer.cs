using System.Net.Sockets;
using DotNet.Testcontainers.Builders;
using Testcontainers.Redis;
using Xunit;

namespace FinObs.Testing;

/// <summary>
/// A real Redis of a test's own, that can be stopped and started again: the server that <c>FINOBS_TEST_REDIS</c> names (host:port; it cannot be stopped), the
/// machine's own <c>redis-server</c>, a container. With none of them a test skips and says so; where <c>CI</c> is true it fails.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    public const string Variable = "FINOBS_TEST_REDIS";

    private const string Missing =
        "No Redis for the tests: install the server (Debian: apt-get install redis-server; macOS: brew install redis), or start Docker, or set " + Variable + " to host:port.";

    private const string Image = "redis:7-alpine";

    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly int _port;
    private readonly RedisContainer? _container;
    private GuardedProcess? _process;

    private RedisServer(string address, int port, RedisContainer? container) => (Address, _port, _container) = (address, port, container);

    /// <summary>host:port.</summary>
    public string Address { get; }

    public static async Task<RedisServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return new RedisServer(named, 0, null);
        }

        if (Binary() is not null)
        {
            int port = FreePort.Next();
            RedisServer server = new($"127.0.0.1:{port}", port, null);
            await server.RestartAsync();
            return server;
        }

        return await ContainerAsync();
    }

    /// <summary>Kills it: nothing that it held is there again when it is restarted.</summary>
    public async Task StopAsync()
    {
        Assert.SkipWhen(_port == 0 && _container is null, $"The Redis that {Variable} names is not ours to stop.");
        if (_container is not null)
        {
            await _container.StopAsync();
        }
        else if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    public async Task RestartAsync()
    {
        if (_container is not null)
        {
            await _container.StartAsync();
            return;
        }

        string port = _port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _process = GuardedProcess.Start([Binary()!, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], Path.GetTempPath());
        using CancellationTokenSource deadline = new(StartDeadline);
        while (!await AnswersAsync(deadline.Token))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException("redis-server did not start: " + _process.Output);
            }

            await Task.Delay(Pause, deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        if (_container is not null)
        {
            await _container.DisposeAsync();
        }
    }

    private static async Task<RedisServer> ContainerAsync()
    {
        try
        {
            RedisContainer container = new RedisBuilder(Image).Build();
            await container.StartAsync();
            return new RedisServer(container.GetConnectionString(), 0, container);
        }
        catch (DockerUnavailableException unavailable)
        {
            if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException(Missing, unavailable);
            }

            Assert.Skip(Missing);
            throw;
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync("127.0.0.1", _port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string? Binary() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]).Select(folder => Path.Combine(folder, "redis-server")).FirstOrDefault(File.Exists);
}
