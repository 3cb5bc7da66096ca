using System.Diagnostics;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Transactions;

/// <summary>
/// What happens to a transaction, from its validated form to its answer, in the order in which it happens. One transaction and a chunk of
/// thousands take the same way.
/// </summary>
internal sealed partial class TransactionPipeline(
    IdempotencyIndex idempotency,
    ModelRouter router,
    AccountProfileStore profiles,
    LedgerUnits units,
    RuleBook rules,
    ListEntries lists,
    TransactionCommit commit,
    StoredTransactions stored,
    OrderedIds ids,
    TimeProvider time,
    IOptions<PipelineOptions> options,
    ILogger<TransactionPipeline> logger)
{
    /// <summary>One outcome an item, in order. When it returns, everything that it answers is committed.</summary>
    public async Task<TransactionOutcome[]> ProcessAsync(TransactionChunk chunk, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                PreparedChunk prepared = await PrepareAsync(chunk, ahead: null, cancellationToken);
                return await CommitAsync(prepared, cancellationToken);
            }
            catch (Exception exception) when (attempt < options.Value.ConflictRetries && WriteConflicts.IsConflict(exception))
            {
                // Another replica took an id or moved a profile between our read and our commit: nothing of ours has happened, look again.
                Repeating(logger, attempt + 1, exception.Message);
            }
        }
    }

    /// <summary>Everything but the commit. Nothing has happened yet, and whatever was learnt is in the returned chunk alone.</summary>
    /// <param name="chunk">To be decided.</param>
    /// <param name="ahead">The chunk whose commit is under way: this one goes on from there, and must not be committed if that one fails.</param>
    /// <param name="cancellationToken">Ends the preparation.</param>
    public async Task<PreparedChunk> PrepareAsync(TransactionChunk chunk, PreparedChunk? ahead, CancellationToken cancellationToken)
    {
        Activity? span = StartChunk(chunk);
        long start = Stopwatch.GetTimestamp();
        try
        {
            DateTimeOffset now = WholeMicroseconds(time.GetUtcNow());
            SealedChunk? before = ahead?.Fresh?.Decided.Namespace == chunk.Namespace ? ahead?.Fresh : null;

            // 1. Which of these were taken in before?
            ChunkPlan plan = await InStep(Steps.Idempotency, () => ChunkPlan.MakeAsync(chunk, ahead, idempotency, ids, now, cancellationToken));
            if (plan.Fresh.Count == 0)
            {
                return new PreparedChunk(chunk.Namespace, plan, fresh: null, span, start);
            }

            // 2. to 7. What comes of them, and why?
            DecidedChunk complete = await DecideAsync(chunk, plan, before?.Decided.Profiles, now, Asked.AsSent, cancellationToken);

            // 8. The proof: an audit leaf for each decision.
            span?.SetTag("finobs.flagged", complete.Decided.Count(decided => decided.Decision != Decision.Approve)); // what a collector that keeps some traces keeps them by
            return new PreparedChunk(chunk.Namespace, plan, await InStep(Steps.Seal, () => commit.SealAsync(complete, before?.Keys, cancellationToken)), span, start);
        }
        catch
        {
            span?.Dispose();
            throw;
        }
    }

    /// <summary>What would be decided now, had none of these been sent before. Nothing is stored; the profiles that it moved on are in the returned chunk alone.</summary>
    /// <param name="chunk">To be decided.</param>
    /// <param name="before">Profiles to go on from, of transactions that are asked about together; null = the accounts as they stand.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<DecidedChunk> CheckAsync(TransactionChunk chunk, Dictionary<string, WorkingProfile>? before, CancellationToken cancellationToken)
    {
        DateTimeOffset now = WholeMicroseconds(time.GetUtcNow());
        return DecideAsync(chunk, ChunkPlan.Unseen(chunk, ids, now), before, now, Asked.AsSent, cancellationToken);
    }

    /// <summary>The same of alternatives to each other: each sees its account as it stands. One look-up and one call to the model for all of them.</summary>
    /// <param name="chunk">To be decided.</param>
    /// <param name="withReasons">Say why as well.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<DecidedChunk> CheckApartAsync(TransactionChunk chunk, bool withReasons, CancellationToken cancellationToken)
    {
        DateTimeOffset now = WholeMicroseconds(time.GetUtcNow());
        return DecideAsync(chunk, ChunkPlan.Unseen(chunk, ids, now), before: null, now, new Asked(Apart: true, withReasons), cancellationToken);
    }

    /// <summary>The steps from the model's choice to the reasons: whoever asks what would be decided takes the very same.</summary>
    private async Task<DecidedChunk> DecideAsync(
        TransactionChunk chunk, ChunkPlan plan, Dictionary<string, WorkingProfile>? before, DateTimeOffset now, Asked asked, CancellationToken cancellationToken)
    {
        string @namespace = chunk.Namespace;

        // 2. Which model version decides each of them? All of an account by the same, also while traffic is shared.
        RowModels models = InStep(Steps.Routing, () => RowModels.Of(chunk.Traffic ?? router.Traffic(@namespace), plan.Fresh));

        // 3. What do we know of these accounts?
        string[] accounts = [.. plan.Fresh.Select(fresh => fresh.Row.AccountId).OfType<string>().Distinct()];
        Dictionary<string, WorkingProfile> working = await InStep(
            Steps.Profiles, () => profiles.LoadAsync(@namespace, accounts, before, cancellationToken));

        // 4. Features, each transaction seeing its account as it stood before it; and what the rules say of it, at the same moment.
        RuleFindings? findings = AskRules(@namespace, plan.Fresh.Count, now);
        FeatureRows features = InStep(Steps.Features, () => FeatureRows.Extract(plan.Fresh, working, units, models.Traffic, findings, asked.Apart));

        // 5. Scores, by each version's pods where it has some, else here.
        ScoredRows scored = await InStep(Steps.Score, () => ScoredRows.ScoreAsync(models, features, plan.Fresh.Count, logger, cancellationToken));

        // 6. Decisions: the worst of thresholds and rules.
        Decision[] decisions = InStep(Steps.Decide, () => EachFresh(plan, i => DecisionMaker.Decide(scored, findings, i)));

        // 7. Why, for whatever a person will have to look at.
        Decided[] decided = asked.WithReasons
            ? await InStep(Steps.Explain, () => DecisionMaker.ExplainAsync(decisions, findings, features, scored, logger, cancellationToken))
            : [.. decisions.Select(decision => new Decided(decision, null, []))];

        return new DecidedChunk(@namespace, plan, models, features, scored, findings, decided, working, now);
    }

    /// <summary>The one commit, and the answers.</summary>
    public async Task<TransactionOutcome[]> CommitAsync(PreparedChunk prepared, CancellationToken cancellationToken)
    {
        using PreparedChunk ending = prepared;
        Activity.Current = prepared.Span ?? Activity.Current;
        if (prepared.Fresh is { } fresh)
        {
            // 9. Transaction, decision with its explanation, profile, audit leaf, outbox row: all or none.
            await InStep(Steps.Commit, () => commit.WriteAsync(fresh, cancellationToken));
            TransactionMetrics.Committed(fresh.Decided, Stopwatch.GetElapsedTime(prepared.Start));
        }

        // 10. Answers: what was stored before is answered as it was.
        Dictionary<Guid, AnsweredTransaction> earlier = await stored.ResultsAsync([.. prepared.Plan.Replays.Select(replay => replay.TransactionRef)], cancellationToken);
        TransactionOutcome[] answers = prepared.Plan.Answer(earlier);
        TransactionMetrics.Answered(prepared.Namespace, answers);
        return answers;
    }

    /// <summary>All of it but that nothing comes of it.</summary>
    public async Task RehearseAsync(TransactionChunk chunk, CancellationToken cancellationToken)
    {
        using PreparedChunk prepared = await PrepareAsync(chunk, ahead: null, cancellationToken);
        if (prepared.Fresh is { } fresh)
        {
            await commit.RehearseAsync(fresh, cancellationToken);
        }
    }

    /// <summary>How a chunk is decided.</summary>
    /// <param name="Apart">Each as its account stands, none after another.</param>
    /// <param name="WithReasons">What is flagged is explained.</param>
    private readonly record struct Asked(bool Apart, bool WithReasons)
    {
        public static readonly Asked AsSent = new(Apart: false, WithReasons: true);
    }

    /// <summary>Null where the namespace has no rules.</summary>
    private RuleFindings? AskRules(string @namespace, int count, DateTimeOffset now)
    {
        RuleSet set = rules.Current;
        return set.For(@namespace) is { } own ? new RuleFindings(own, lists.View(@namespace, set), units, count, now) : null;
    }

    /// <summary>A child of the first request's span, linked to all of them: a commit belongs to every request that it answers.</summary>
    private static Activity? StartChunk(TransactionChunk chunk)
    {
        Activity? span = FinObsTelemetry.Source.StartActivity(
            Steps.Chunk, ActivityKind.Internal, chunk.Requests.Count > 0 ? chunk.Requests[0] : default, links: chunk.Requests.Skip(1).Select(context => new ActivityLink(context)));
        span?.SetTag("finobs.namespace", chunk.Namespace);
        span?.SetTag("finobs.items", chunk.Items.Count);
        return span;
    }

    /// <summary>What both databases keep: a row read back is the row that was written, and so is its audit payload.</summary>
    private static DateTimeOffset WholeMicroseconds(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));

    private static T[] EachFresh<T>(ChunkPlan plan, Func<int, T> make)
    {
        T[] made = new T[plan.Fresh.Count];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = make(i);
        }

        return made;
    }

    private static T InStep<T>(string step, Func<T> work)
    {
        using StepSpan span = new(step);
        return work();
    }

    private static async ValueTask<T> InStep<T>(string step, Func<ValueTask<T>> work)
    {
        using StepSpan span = new(step);
        return await work();
    }

    private static async Task<T> InStep<T>(string step, Func<Task<T>> work)
    {
        using StepSpan span = new(step);
        return await work();
    }

    private static async Task InStep(string step, Func<Task> work)
    {
        using StepSpan span = new(step);
        await work();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Repeating a chunk (attempt {Attempt}): {Why}")]
    private static partial void Repeating(ILogger logger, int attempt, string why);
}
