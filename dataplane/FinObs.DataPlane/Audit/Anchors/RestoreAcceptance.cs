using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Anchors;

/// <summary>What came of an attempt to accept a restored database.</summary>
internal abstract record AcceptanceOutcome
{
    internal sealed record Accepted(Guid LeafId, AcceptedRestore Restore) : AcceptanceOutcome;

    /// <summary>The database agrees with what was published.</summary>
    internal sealed record NothingLost : AcceptanceOutcome;

    internal sealed record Refused(string Why) : AcceptanceOutcome;
}

/// <summary>
/// Lets a restored database go on, by an act that names what is lost: first the leaf, then the file of checkpoints is set aside. Killed in between, the next start finds the leaf and sets it aside itself.
/// </summary>
internal sealed class RestoreAcceptance(AnchorCheck check, CheckpointFile file, AuditedCommit commit, TimeProvider time)
{
    /// <summary>The log is the database's, not one tenant's: its own acts are told in this one.</summary>
    public const string Namespace = "default";
    private const string Actor = "operator:accept-restore";
    private static readonly string[] Tags = ["FINRA 4511", "SEC 17a-4"];

    public async Task<AcceptanceOutcome> AcceptAsync(string reason, string by, bool force, CancellationToken cancellationToken)
    {
        switch (await check.CheckAsync(cancellationToken))
        {
            case AnchorVerdict.Agrees:
                return new AcceptanceOutcome.NothingLost();
            case AnchorVerdict.Older older:
                return await RecordAsync(older.Signed, older.Lost, reason, by, forced: false, cancellationToken);
            case AnchorVerdict.Other other when force:
                return await RecordAsync(other.Signed, other.Lost, reason, by, forced: true, cancellationToken);
            case var refused:
                return new AcceptanceOutcome.Refused(refused.Sentence()!);
        }
    }

    private async Task<AcceptanceOutcome> RecordAsync(AuditCheckpoint? signed, IReadOnlyList<LostCheckpoint> lost, string reason, string by, bool forced, CancellationToken cancellationToken)
    {
        var now = commit.Now();
        var restore = new AcceptedRestore { Size = signed?.Size ?? 0, Lost = lost, FileDigest = file.Digest(), Reason = reason, By = by, Forced = forced };
        var leaf = await commit.RecordAsync(
            new AuditAct { Namespace = Namespace, Kind = AcceptedRestore.Kind, At = now, Actor = Actor, Ref = Guid.CreateVersion7(time.GetUtcNow()), Tags = Tags, Payload = restore.ToPayload() }, cancellationToken);
        await check.CheckAsync(cancellationToken); // sets aside what the leaf names
        return new AcceptanceOutcome.Accepted(leaf, restore with { LeafId = leaf });
    }
}
