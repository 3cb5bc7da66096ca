using System.Diagnostics.Metrics;
using System.Threading.Channels;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Rollout.Shadow;

/// <summary>A transaction that was decided, for a version that only compares.</summary>
/// <param name="Id">The transaction's.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="VersionId">Who decided; null = nobody could.</param>
/// <param name="Score">Its score.</param>
/// <param name="Decided">What the thresholds made of it, rules left out.</param>
internal readonly record struct ShadowItem(Guid Id, DateTimeOffset ReceivedAt, long? VersionId, double? Score, Decision Decided);

/// <summary>N transactions for one version in shadow.</summary>
/// <param name="Namespace">Whose.</param>
/// <param name="Model">The version.</param>
/// <param name="Items">N of them.</param>
/// <param name="Features">N × F features as that version reads them.</param>
internal sealed record ShadowBatch(string Namespace, RoutedModel Model, ShadowItem[] Items, float[] Features);

/// <summary>Between the pipeline and the versions in shadow: bounded, never waited for. What does not fit is dropped and counted, because a comparison may lose a row and a payment must not wait.</summary>
internal sealed class ShadowQueue(IOptions<RolloutOptions> options)
{
    private static readonly Counter<long> Offered = FinObsTelemetry.Meter.CreateCounter<long>("finobs.shadow.offered", "{transaction}", "Transactions offered to versions in shadow.");
    private static readonly Counter<long> Lost = FinObsTelemetry.Meter.CreateCounter<long>("finobs.shadow.dropped", "{transaction}", "Transactions not scored in shadow because its queue was full.");

    private readonly Channel<ShadowBatch> _batches = Channel.CreateUnbounded<ShadowBatch>();
    private long _rows;
    private long _dropped;

    public ChannelReader<ShadowBatch> Reader => _batches.Reader;

    /// <summary>Rows that wait.</summary>
    public long Waiting => Interlocked.Read(ref _rows);

    /// <summary>Rows dropped since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Never waits; false where it was dropped.</summary>
    public bool Offer(ShadowBatch batch)
    {
        KeyValuePair<string, object?> version = new("model_version", batch.Model.Identity.ModelVersion);
        Offered.Add(batch.Items.Length, version);
        if (Interlocked.Add(ref _rows, batch.Items.Length) > options.Value.ShadowCapacity)
        {
            Interlocked.Add(ref _rows, -batch.Items.Length);
            Interlocked.Add(ref _dropped, batch.Items.Length);
            Lost.Add(batch.Items.Length, version);
            return false;
        }

        return _batches.Writer.TryWrite(batch);
    }

    /// <summary>To be called for each batch that was read.</summary>
    public void Taken(ShadowBatch batch) => Interlocked.Add(ref _rows, -batch.Items.Length);
}
