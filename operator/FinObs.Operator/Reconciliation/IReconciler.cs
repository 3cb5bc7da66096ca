using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.Reconciliation;

/// <summary>
/// Makes one object so. Level-based: it is told which object, never what happened; it looks at what is, does what is missing and
/// may be called again at any time with the same result. An object is never in two calls at once. An exception means: again, later.
/// </summary>
internal interface IReconciler<in T>
    where T : class
{
    /// <summary>
    /// Set where something outside the cluster must be undone on deletion: the name is put on each object before the first
    /// <see cref="ReconcileAsync"/>, and the object stays until <see cref="FinalizeAsync"/> is done. What has an owner in the
    /// cluster needs none: the cluster collects it.
    /// </summary>
    string? Finalizer => null;

    Task<ReconcileResult> ReconcileAsync(T resource, CancellationToken cancellationToken);

    /// <summary>The object is to go: undo what lies outside. <see cref="ReconcileResult.Done"/> lets it go; anything else means not yet.</summary>
    Task<ReconcileResult> FinalizeAsync(T resource, CancellationToken cancellationToken) => Task.FromResult(ReconcileResult.Done);

    /// <summary>The object is gone. For what is remembered about it here only; a process that was down at the time never hears of it.</summary>
    void Deleted(ResourceKey key)
    {
    }
}

/// <summary>What came of a reconcile that did not fail.</summary>
/// <param name="RequeueAfter">Look again then even if nothing changes; null: only when something does.</param>
internal readonly record struct ReconcileResult(TimeSpan? RequeueAfter)
{
    public static ReconcileResult Done => default;

    public static ReconcileResult Again(TimeSpan after) => new(after);
}
