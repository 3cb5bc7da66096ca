using System.Net;
using FinObs.Testing.Kubernetes.InProcess;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FinObs.Testing.Kubernetes;

/// <summary>
/// A Kubernetes API server inside this process, on a loopback port: enough of it to drive a controller through its life. It knows
/// list (in pages), watch (bookmarks, 410), get, create, replace with 409, merge patch, server-side apply with field managers,
/// status and scale, finalizers, owner references and CustomResourceDefinitions; it can be stopped, cut off and made to fail.
/// What it does not have: authorization, admission, validation, defaults of built-in kinds, discovery, nodes. Its own tests also
/// run against a real server, so what both can do is known to be the same.
/// </summary>
public sealed class InProcessKubernetes : IAsyncDisposable
{
    private readonly int _port = FreePort.Next();
    private readonly ApiServer _server = new(new ObjectStore(), new Faults(), TimeProvider.System);
    private readonly CancellationTokenSource _end = new();
    private readonly List<RequestRecord> _requests = [];
    private Task _collector = Task.CompletedTask;
    private WebApplication? _web;

    private InProcessKubernetes()
    {
    }

    public Uri Address => new($"http://127.0.0.1:{_port}/");

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<RequestRecord> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public static async Task<InProcessKubernetes> StartAsync()
    {
        InProcessKubernetes kubernetes = new();
        kubernetes._collector = new GarbageCollector(kubernetes._server).RunAsync(kubernetes._end.Token);
        await kubernetes.StartAgainAsync();
        return kubernetes;
    }

    /// <summary>How to reach it.</summary>
    /// <param name="client">Who comes; may be cut off by that name.</param>
    public KubernetesClientConfiguration Configuration(string client = "test") =>
        new() { Host = Address.ToString(), AccessToken = client, Namespace = "default", UserAgent = client };

    /// <summary>After <see cref="StopAsync"/>: on the same port, with everything as it was.</summary>
    public async Task StartAgainAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        _web = builder.Build();
        _web.Run(AnswerAsync);
        await _web.StartAsync();
    }

    /// <summary>Cuts all connections; nobody listens any more.</summary>
    public async Task StopAsync()
    {
        if (_web is null) return;
        using CancellationTokenSource now = new();
        await now.CancelAsync();
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
        _web = null;
    }

    /// <summary>Forgets the history, as etcd does: watches and lists that would go on from before are answered with 410.</summary>
    public void Compact()
    {
        lock (_server.Store.Lock)
        {
            _server.Compact();
        }
    }

    /// <summary>Cuts every watch that is open now.</summary>
    public void DropWatches() => _server.Faults.DropWatches();

    /// <summary>Watches fall silent, as those of a slow server do; writes and lists go on.</summary>
    public void HoldWatches() => _server.Faults.HoldWatches();

    /// <summary>What happened meanwhile is told now.</summary>
    public void ReleaseWatches() => _server.Faults.ReleaseWatches();

    /// <summary>The next requests (of those that <paramref name="which"/> picks) fail with that status.</summary>
    public void FailNext(int count, HttpStatusCode status, Func<HttpRequest, bool>? which = null) => _server.Faults.FailNext(count, (int)status, which);

    /// <summary>From now on nothing that this client sends is answered, and its watches fall silent; connections stay open.</summary>
    public void Partition(string client) => _server.Faults.Partition(client);

    /// <summary>What the client sent meanwhile, and has not given up, arrives now.</summary>
    public void Heal(string client) => _server.Faults.Heal(client);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _end.CancelAsync();
        await _collector.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        RequestRecord record = new(context.Request.Method, context.Request.Path + context.Request.QueryString, ApiServer.ClientOf(context.Request));
        lock (_requests)
        {
            _requests.Add(record);
        }

        try
        {
            await _server.AnswerAsync(context);
        }
        catch (OperationCanceledException)
        {
            // The client gave up.
        }
    }
}

/// <summary>A request that came in.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Path">With its query.</param>
/// <param name="Client">Who: the token that was shown.</param>
public sealed record RequestRecord(string Method, string Path, string Client);
