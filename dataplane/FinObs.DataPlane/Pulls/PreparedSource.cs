using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Ingestion.Mapping;
using FinObs.DataPlane.Pulls.Schedule;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Outbound;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Pulls;

/// <summary>A source with all that a run needs, read once a revision.</summary>
internal sealed class PreparedSource
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public required StoredResource Resource { get; init; }

    public required PullSourceSpec Spec { get; init; }

    public required RunTimes Times { get; init; }

    public required TransactionMapping Mapping { get; init; }

    public required JsonPath ItemsPath { get; init; }

    public JsonPath? CursorPath { get; init; }

    public JsonPath? WatermarkPath { get; init; }

    public required long MaxBytes { get; init; }

    public required string Source { get; init; }

    /// <summary>Null where its Secrets do not fit.</summary>
    public HttpClient? Http { get; init; }

    /// <summary>Why there is no client.</summary>
    public string? AuthProblem { get; init; }

    public ResourceKey Key => Resource.Key;

    /// <exception cref="FormatException">The spec cannot be carried out; the message says what to change.</exception>
    public static PreparedSource Of(StoredResource resource, ResourceSecrets secrets, TimeProvider time)
    {
        PullSourceSpec spec = ((PullSource)resource.Resource).Spec;
        HttpClient? http = null;
        string? problem = null;
        try
        {
            http = OutboundClient.Create(new OutboundPeer(new Uri(spec.Url), spec.Auth, spec.Network, FollowRedirects: true), secrets, time);
        }
        catch (OutboundAuthException exception)
        {
            problem = exception.Message;
        }

        return new PreparedSource
        {
            Resource = resource,
            Spec = spec,
            Times = RunTimes.Of(resource.Key.ToString(), spec),
            Mapping = TransactionMapping.Of(spec.Mapping, spec.Dedupe.Keys),
            ItemsPath = JsonPath.Parse(spec.Response.ItemsPath),
            CursorPath = spec.Pagination is { Type: PaginationType.Cursor, CursorPath: { } cursor } ? JsonPath.Parse(cursor) : null,
            WatermarkPath = spec.Incremental is { } incremental ? JsonPath.Parse(incremental.WatermarkPath) : null,
            MaxBytes = Bytes(spec.Response.MaxBytes),
            Source = spec.Scoring?.Source ?? SourceOf(resource.Key.Name),
            Http = http,
            AuthProblem = problem,
        };
    }

    /// <summary>A Kubernetes quantity in bytes; at least 1 KB.</summary>
    private static long Bytes(string quantity)
    {
        int digits = quantity.AsSpan().IndexOfAnyExcept(NumberCharacters);
        digits = digits < 0 ? quantity.Length : digits;
        decimal factor = quantity[digits..] switch
        {
            "" => 1m,
            "m" => 0.001m,
            "k" => 1e3m,
            "M" => 1e6m,
            "G" => 1e9m,
            "Ki" => 1024m,
            "Mi" => 1024m * 1024,
            "Gi" => 1024m * 1024 * 1024,
            _ => throw new FormatException($"response.maxBytes: {quantity} is too much; write at most Gi."),
        };
        return decimal.TryParse(quantity.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count) && count < 1e9m
            ? Math.Max(1024, (long)(count * factor))
            : throw new FormatException($"response.maxBytes: {quantity} is no size.");
    }

    /// <summary>What the transactions say they come from: the name of the source, as far as a source may be called so.</summary>
    private static string SourceOf(string name) =>
        IngestQuery.IsSource(name) ? name : $"{name[..31].TrimEnd('.', '-')}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32]}";
}

/// <summary>The sources that this process can run.</summary>
internal sealed class PreparedSources
{
    private readonly ConcurrentDictionary<ResourceKey, PreparedSource> _sources = [];

    public PreparedSource? this[ResourceKey key] => _sources.GetValueOrDefault(key);

    public IEnumerable<PreparedSource> All => _sources.Values;

    /// <summary>A run that still has the one before keeps its client until it ends: connections in use are not broken off.</summary>
    public void Set(PreparedSource source) => _sources[source.Key] = source;

    public void Forget(ResourceKey key) => _sources.TryRemove(key, out _);
}

/// <summary>A source changed, was asked for, or a run ended.</summary>
internal sealed class PullSignal : Outbox.Signal;
