using System.Diagnostics;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions;

namespace FinObs.DataPlane.Transactions;

/// <summary>
/// A chunk of which nothing is left to do but the commit. The next one may be prepared from it while its commit is under way, and is thrown away
/// if that commit fails: what was never stored is seen by nobody else.
/// </summary>
internal sealed class PreparedChunk(string @namespace, ChunkPlan plan, SealedChunk? fresh, Activity? span, long start) : IDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Namespace { get; } = @namespace;

    public ChunkPlan Plan { get; } = plan;

    /// <summary>What is to be written; null where every item is answered already.</summary>
    public SealedChunk? Fresh { get; } = fresh;

    /// <summary>The chunk's span, from the look-up of its ids to the answers.</summary>
    public Activity? Span { get; } = span;

    /// <summary>Timestamp of the look-up of its ids.</summary>
    public long Start { get; } = start;

    /// <summary>Completes when its commit has ended, well or not.</summary>
    public Task Ended => _ended.Task;

    /// <summary>No commit of it is to come, or it has ended.</summary>
    public void Dispose()
    {
        _ended.TrySetResult();
        Span?.Dispose();
    }
}

/// <summary>The rows of a chunk's decisions and of the leaves that prove them.</summary>
/// <param name="Decided">What was decided.</param>
/// <param name="Keys">Of subjects never seen before.</param>
/// <param name="Decisions">One for each fresh transaction, in order.</param>
/// <param name="Leaves">The same.</param>
internal sealed record SealedChunk(DecidedChunk Decided, NewSubjectKeys Keys, DecisionRow[] Decisions, ComposedLeaf[] Leaves);
