using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>Something that was done to a target's deliveries, kept for good.</summary>
internal sealed record CallbackActRow
{
    public static readonly BulkTable<CallbackActRow> Table = new(
        "callback_acts",
        ["id", "namespace", "target", "act", "reason", "actor", "at", "messages", "leaf_id"],
        static (row, act) =>
        {
            row.Write(act.Id);
            row.Write(act.Namespace);
            row.Write(act.Target);
            row.Write(act.Act);
            row.Write(act.Reason);
            row.Write(act.Actor);
            row.Write(act.At);
            row.Write(act.Messages);
            row.Write(act.LeafId);
        });

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Target { get; init; }

    /// <summary>Of <see cref="CallbackActs"/>.</summary>
    public required string Act { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Who, without personal data.</summary>
    public required string Actor { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>How many messages were sent again, or given up.</summary>
    public long Messages { get; init; }

    public required Guid LeafId { get; init; }

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Act), ("actor", Actor), ("at", At), ("messages", Messages), ("namespace", Namespace), ("reason", Reason), ("target", Target), ("v", 1));

    public AuditAct Audited() => new()
    {
        Namespace = Namespace,
        Kind = Act,
        At = At,
        Actor = Actor,
        Ref = Id,
        Payload = Payload(),
        Topic = Act,
    };
}

/// <summary>What can be done to a target's deliveries.</summary>
internal static class CallbackActs
{
    public const string Disabled = "callback.disabled";
    public const string Enabled = "callback.enabled";
    public const string Replayed = "callback.replayed";

    public static readonly string[] All = [Disabled, Enabled, Replayed];
}

/// <summary>The payloads of acts, from their rows.</summary>
internal sealed class CallbackActProjection(IDatabase database, string act) : IAuditProjection
{
    public string Kind => act;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<CallbackActRow> rows = await db.CallbackActs.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}

internal sealed class CallbackActConfiguration : IEntityTypeConfiguration<CallbackActRow>
{
    public void Configure(EntityTypeBuilder<CallbackActRow> builder)
    {
        builder.ToTable(CallbackActRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Target, row.Id });
    }
}
