using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>What is to go wrong.</summary>
internal sealed class Faults
{
    private readonly Lock _lock = new();
    private readonly List<Failure> _failures = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _partitions = [];
    private TaskCompletionSource _watches = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when every watch that is open now is to be cut.</summary>
    public Task WatchesDropped => _watches.Task;

    public void DropWatches() => Interlocked.Exchange(ref _watches, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    public void FailNext(int count, int status, Func<HttpRequest, bool>? which)
    {
        lock (_lock)
        {
            _failures.Add(new Failure(status, which ?? (_ => true)) { Left = count });
        }
    }

    /// <summary>The status to answer instead; null where nothing is to go wrong.</summary>
    public int? Next(HttpRequest request)
    {
        lock (_lock)
        {
            if (_failures.Find(failure => failure.Which(request)) is not { } failure) return null;
            if (--failure.Left == 0) _failures.Remove(failure);
            return failure.Status;
        }
    }

    public void Partition(string client) => _partitions.TryAdd(client, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Heal(string client)
    {
        if (_partitions.TryRemove(client, out TaskCompletionSource? partition)) partition.SetResult();
    }

    public bool IsCutOff(string client) => _partitions.ContainsKey(client);

    /// <summary>Done at once for whoever can be heard.</summary>
    public async Task UntilHealedAsync(string client, CancellationToken cancellationToken)
    {
        while (_partitions.TryGetValue(client, out TaskCompletionSource? partition)) await partition.Task.WaitAsync(cancellationToken);
    }

    private sealed record Failure(int Status, Func<HttpRequest, bool> Which)
    {
        public int Left { get; set; }
    }
}
