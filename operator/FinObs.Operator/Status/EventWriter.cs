using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Operator.Reconciliation.Queue;
using k8s.Models;

namespace FinObs.Operator.Status;

/// <summary>Series that have something new to tell.</summary>
internal sealed class EventQueue(Jitter jitter, TimeProvider time) : IDisposable
{
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    internal WorkQueue<EventKey> Keys { get; } = new(Retry, jitter, time);

    public void Add(EventKey key) => Keys.Add(key);

    public void Dispose() => Keys.Dispose();
}

/// <summary>Carries the recorded Events to the API server, at its own pace: no reconcile waits for it or fails by it.</summary>
internal sealed partial class EventWriter(
    EventRecorder recorder, EventQueue queue, ResourceClient<Corev1Event> events, LeaderIdentity identity, TimeProvider time, ILogger<EventWriter> logger) : BackgroundService
{
    /// <summary>A series is written again this long after it was last written at the earliest; what happens between is counted.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private const string Component = "finobs-operator";
    private const int MostAttempts = 5;

    // The API server's own bounds.
    private const int MostMessageLength = 1024;
    private const int MostNameLength = 253;

    private readonly Dictionary<EventKey, Written> _written = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            EventKey key;
            try
            {
                key = await queue.Keys.TakeAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await WriteAsync(key, stoppingToken);
            queue.Keys.Done(key);
        }
    }

    private async Task WriteAsync(EventKey key, CancellationToken cancellationToken)
    {
        if (recorder.Find(key) is not { } series) return;
        Written? before = _written.GetValueOrDefault(key);
        if (before is not null && before.First != series.First) before = null;
        if (before?.Count == series.Count) return;
        if (before is not null && time.GetElapsedTime(before.At) is var since && since < Pause)
        {
            queue.Keys.AddAfter(key, Pause - since);
            return;
        }

        try
        {
            string name = before is null ? await CreateAsync(series, cancellationToken) : await CountAsync(before.Name, series, cancellationToken);
            Forget();
            _written[key] = new Written(name, series.First, series.Count, time.GetTimestamp());
            queue.Keys.Forget(key);
        }
        catch (OperationCanceledException)
        {
            // Stopping, or not leading any more: whoever leads next tells its own story.
        }
        catch (Exception e)
        {
            LogFailed(logger, e, key.Reason);
            if (e is not ApiException { IsInvalid: true } && queue.Keys.Failures(key) < MostAttempts) queue.Keys.AddFailed(key);
            else queue.Keys.Forget(key);
        }
    }

    private async Task<string> CreateAsync(EventSeries series, CancellationToken cancellationToken)
    {
        string name = $"{series.About.Metadata.Name}.{Guid.CreateVersion7(time.GetUtcNow()):n}";
        if (name.Length > MostNameLength) name = name[^MostNameLength..].TrimStart('.', '-');
        await events.CreateAsync(Compose(series, name), cancellationToken);
        return name;
    }

    private async Task<string> CountAsync(string name, EventSeries series, CancellationToken cancellationToken)
    {
        Corev1Event wanted = Compose(series, name);
        JsonObject patch = new() { ["count"] = wanted.Count, ["lastTimestamp"] = JsonSerializer.SerializeToNode(wanted.LastTimestamp, BuiltInJson.Options), ["message"] = wanted.Message };
        try
        {
            await events.MergeAsync(new ResourceKey(wanted.Metadata.NamespaceProperty, name), patch, cancellationToken);
            return name;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // The server forgets Events after an hour.
            return await CreateAsync(series, cancellationToken);
        }
    }

    private Corev1Event Compose(EventSeries series, string name)
    {
        string space = series.About.Metadata.Namespace ?? "default";
        return new Corev1Event
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = space },
            InvolvedObject = new V1ObjectReference
            {
                ApiVersion = series.About.ApiVersion,
                Kind = series.About.Kind,
                Name = series.About.Metadata.Name,
                NamespaceProperty = space,
                Uid = series.About.Metadata.Uid,
                ResourceVersion = series.About.Metadata.ResourceVersion,
            },
            Type = series.Key.Type.ToString(),
            Reason = series.Key.Reason,
            Message = series.Message.Length > MostMessageLength ? series.Message[..(MostMessageLength - 1)] + "…" : series.Message,
            Count = series.Count,
            FirstTimestamp = series.First.UtcDateTime,
            LastTimestamp = series.Last.UtcDateTime,
            Source = new V1EventSource { Component = Component },
            ReportingComponent = Component,
            ReportingInstance = identity.Name,
        };
    }

    /// <summary>What the recorder has forgotten.</summary>
    private void Forget()
    {
        foreach (EventKey old in _written.Keys.Where(key => recorder.Find(key) is null).ToArray()) _written.Remove(old);
    }

    [LoggerMessage(LogLevel.Warning, "An Event ({Reason}) could not be written.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string reason);

    private sealed record Written(string Name, DateTimeOffset First, int Count, long At);
}
