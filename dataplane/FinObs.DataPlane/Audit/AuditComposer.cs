using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Audit;

/// <summary>
/// Makes the rows that prove acts. First <see cref="PrepareAsync"/>, outside of any write session (it may have to commit new subject keys); then <see cref="AuditBatch.Compose"/> for each act, which does no I/O;
/// then the caller inserts the rows in the transaction of the acts and, after the commit, raises <see cref="OutboxSignal"/>.
/// </summary>
internal sealed class AuditComposer(SubjectKeys keys, OrderedIds ids)
{
    /// <summary>Loads or makes the data keys of these subjects (null: the namespace's own) and returns what composes their leaves.</summary>
    public async Task<AuditBatch> PrepareAsync(string @namespace, IEnumerable<string?> subjects, CancellationToken cancellationToken) =>
        new(@namespace, await keys.GetAsync(@namespace, subjects, cancellationToken), ids);

    /// <summary>
    /// The same for a caller who inserts the keys of new subjects in the commit of the acts. <paramref name="ahead"/>: the new keys of the caller's commit before this one, where it is still under way.
    /// </summary>
    public async Task<(AuditBatch Batch, NewSubjectKeys New)> PrepareInCommitAsync(
        string @namespace, IEnumerable<string?> subjects, NewSubjectKeys? ahead, CancellationToken cancellationToken)
    {
        var (found, made) = await keys.GetOrMakeAsync(@namespace, subjects, ahead, cancellationToken);
        return (new(@namespace, found, ids), made);
    }

    /// <summary>To be called after the commit that inserted the new keys.</summary>
    public void Committed(NewSubjectKeys made) => keys.Committed(made);
}
