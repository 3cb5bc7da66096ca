using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Anchors;

/// <summary>A place outside of the database where checkpoints are kept: what the tree is held against at the start.</summary>
internal interface IAuditAnchor
{
    /// <summary>In words for an operator.</summary>
    string Name { get; }

    /// <summary>The last checkpoint kept there; null where there is none, or where the place cannot be asked and need not be.</summary>
    /// <exception cref="AuditTreeException">It must be asked and cannot be.</exception>
    Task<PublishedCheckpoint?> LastAsync(CancellationToken cancellationToken);

    /// <summary>The largest checkpoint kept there over no more than so many leaves; null where the place keeps no older ones.</summary>
    PublishedCheckpoint? LargestUpTo(long size);

    /// <summary>What is kept there now belongs to a history whose loss was accepted: it is set aside, never deleted.</summary>
    void Retire();
}

/// <summary>The file in the data folder.</summary>
internal sealed class FileAnchor(CheckpointFile file) : IAuditAnchor
{
    public string Name => file.FullPath;

    public Task<PublishedCheckpoint?> LastAsync(CancellationToken cancellationToken) => Task.FromResult(file.Tail(CheckpointFile.TailBytes) is [.., var last] ? last : null);

    public PublishedCheckpoint? LargestUpTo(long size)
    {
        PublishedCheckpoint? largest = null;
        foreach (var checkpoint in file.All())
        {
            if (checkpoint.Checkpoint.Size <= size && checkpoint.Checkpoint.Size >= (largest?.Checkpoint.Size ?? 0)) largest = checkpoint;
        }
        return largest;
    }

    public void Retire() => file.Retire();
}
