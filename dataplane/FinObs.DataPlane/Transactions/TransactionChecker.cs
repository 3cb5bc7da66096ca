using System.Security.Cryptography;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Transactions;

/// <summary>What would be decided on one transaction.</summary>
/// <param name="Outcome">As the pipeline would answer it, but that nothing is stored.</param>
/// <param name="Features">What the model saw, by catalogue name; empty where nothing was scored.</param>
internal sealed record CheckedTransaction(TransactionOutcome Outcome, IReadOnlyDictionary<string, double> Features);

/// <summary>
/// "What would be decided?" by the steps of the pipeline itself: same route, features, rules and thresholds. Nothing is stored, no profile moves, no case opens. Transactions that are asked about together see each
/// other in their order, as they would if they were sent so.
/// </summary>
internal sealed class TransactionChecker(TransactionPipeline pipeline, IOptions<PipelineOptions> options)
{
    private const string Source = "check";
    private const string NoTrace = "00000000000000000000000000000001";
    private static readonly Dictionary<string, double> NoFeatures = [];

    /// <param name="namespace">Tenant.</param>
    /// <param name="items">Good and bad ones.</param>
    /// <param name="progressed">Told how many are done, after each part; null = nobody wants to know.</param>
    /// <param name="cancellationToken">Ends it between two parts.</param>
    /// <returns>One entry an item, in order.</returns>
    public async Task<IReadOnlyList<CheckedTransaction>> CheckAsync(
        string @namespace, IReadOnlyList<TransactionItem> items, Func<int, Task>? progressed, CancellationToken cancellationToken)
    {
        List<CheckedTransaction> answers = new(items.Count);
        Dictionary<string, WorkingProfile>? before = null;
        foreach (TransactionItem[] part in items.Chunk(options.Value.ChunkItems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            TransactionChunk chunk = new(@namespace, [.. part.Select(item => new ChunkItem(item, Source, NoTrace))], []);
            DecidedChunk decided = await pipeline.CheckAsync(chunk, before, cancellationToken);
            answers.AddRange(Answers(decided, part.Length));
            before = Merged(before, decided.Profiles);
            if (progressed is not null)
            {
                await progressed(answers.Count);
            }
        }

        return answers;
    }

    /// <summary>Alternatives to each other: each is decided as if there were none beside it, all of them at once.</summary>
    /// <param name="namespace">Tenant.</param>
    /// <param name="alternatives">One transaction as it might be; they may have the same id.</param>
    /// <param name="withReasons">Say why as well: an explanation of each that would be flagged, which costs far more than its score.</param>
    /// <param name="cancellationToken">Ends it between two parts.</param>
    /// <returns>One entry an alternative, in order.</returns>
    public async Task<IReadOnlyList<TransactionOutcome.Scored>> CheckApartAsync(string @namespace, IReadOnlyList<NewTransaction> alternatives, bool withReasons, CancellationToken cancellationToken)
    {
        List<TransactionOutcome.Scored> answers = new(alternatives.Count);
        foreach (NewTransaction[] part in alternatives.Chunk(options.Value.ChunkItems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ChunkItem[] items = [.. part.Select((one, i) => new ChunkItem(new TransactionItem.Valid(one with { IdempotencyKeyHash = SHA256.HashData(BitConverter.GetBytes(i)) }), Source, NoTrace))];
            DecidedChunk decided = await pipeline.CheckApartAsync(new TransactionChunk(@namespace, items, []), withReasons, cancellationToken);
            answers.AddRange(Enumerable.Range(0, part.Length).Select(k => OutcomeOf(decided, k)));
        }

        return answers;
    }

    private static CheckedTransaction[] Answers(DecidedChunk decided, int count)
    {
        CheckedTransaction[] answers = new CheckedTransaction[count];
        for (int i = 0; i < count; i++)
        {
            if (decided.Plan.Outcomes[i] is { } refused)
            {
                answers[i] = new CheckedTransaction(refused, NoFeatures);
            }
        }

        for (int k = 0; k < decided.Plan.Fresh.Count; k++)
        {
            answers[decided.Plan.Fresh[k].Index] = new CheckedTransaction(OutcomeOf(decided, k), FeaturesOf(decided, k));
        }

        foreach ((int index, int first) in decided.Plan.Repeats)
        {
            answers[index] = answers[first];
        }

        return answers;
    }

    private static TransactionOutcome.Scored OutcomeOf(DecidedChunk decided, int index)
    {
        EngineIdentity? engine = decided.Engine(index);
        TransactionResult result = TransactionResults.Of(decided.Transaction(index), decided.Decision(index), engine) with { Stored = false };
        return new TransactionOutcome.Scored(result, Replayed: false) { Thresholds = engine?.Thresholds ?? DecisionThresholds.Default };
    }

    private static Dictionary<string, double> FeaturesOf(DecidedChunk decided, int index)
    {
        if (decided.Scored.Model(index) is not { } model)
        {
            return NoFeatures;
        }

        string[] names = model.Scorer.Manifest.Features.Names;
        ReadOnlySpan<float> values = decided.Features.Of(model).Row(index);
        Dictionary<string, double> features = new(names.Length, StringComparer.Ordinal);
        for (int f = 0; f < names.Length; f++)
        {
            features[names[f]] = values[f];
        }

        return features;
    }

    private static Dictionary<string, WorkingProfile> Merged(Dictionary<string, WorkingProfile>? before, Dictionary<string, WorkingProfile> moved)
    {
        if (before is null)
        {
            return moved;
        }

        foreach ((string account, WorkingProfile profile) in moved)
        {
            before[account] = profile;
        }

        return before;
    }
}
