using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>Decisions: every one is <c>decision.made</c>, those that were not approved are <c>transaction.flagged</c> too.</summary>
internal sealed class DecisionSource(IDatabase database, EngineDirectory engines, IPayloadRedaction redaction) : ICallbackSource
{
    public const string Flagged = "transaction.flagged";

    /// <summary>Bound on the parameters of one query.</summary>
    private const int IdsPerQuery = 500;

    private static readonly string[] FlaggedTypes = [Flagged, DecisionPayload.Kind];
    private static readonly string[] OtherTypes = [DecisionPayload.Kind];

    public string Topic => DecisionPayload.Kind;

    public async Task<List<CallbackCandidate>> CandidatesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        Dictionary<Guid, Brief> found = new(events.Count);
        await using (FinObsDbContext db = database.CreateHotContext())
        {
            foreach (Guid[] part in events.Select(item => item.SubjectId).OfType<Guid>().Chunk(IdsPerQuery))
            {
                List<Brief> rows = await (
                    from decision in db.Decisions
                    join transaction in db.Transactions on decision.TransactionRef equals transaction.Id
                    where part.Contains(decision.Id)
                    select new Brief(decision.Id, decision.Decision, decision.Score, decision.EngineId, transaction.AccountId == null ? null : transaction.AccountHash))
                    .ToListAsync(cancellationToken);
                rows.ForEach(row => found[row.Id] = row);
            }
        }

        List<CallbackCandidate> candidates = new(found.Count);
        foreach (StreamEvent item in events)
        {
            if (item.SubjectId is { } subject && found.TryGetValue(subject, out Brief? row))
            {
                candidates.Add(new CallbackCandidate(item, row.Decision == Decision.Approve ? OtherTypes : FlaggedTypes)
                {
                    Decision = KindOf(row.Decision),
                    Score = row.Score,
                    Model = (await engines.FindAsync(row.EngineId, cancellationToken))?.Model,
                    OrderKey = row.AccountHash,
                });
            }
        }

        return candidates;
    }

    public async Task<Dictionary<Guid, byte[]>> BodiesAsync(IReadOnlyList<CallbackEvent> events, CallbackPayload payload, CancellationToken cancellationToken)
    {
        Dictionary<Guid, DecisionFacts> facts = await FactsAsync([.. events.Select(item => item.Subject).Distinct()], cancellationToken);
        Dictionary<Guid, byte[]> bodies = new(events.Count);
        foreach (CallbackEvent item in events)
        {
            if (facts.TryGetValue(item.Subject, out DecisionFacts? its))
            {
                DecisionFacts told = payload == CallbackPayload.Full ? its : redaction.Redact(its);
                bodies[item.Subject] = MessageBody.Write(item, writer => MessageBody.WriteDecision(writer, told, payload));
            }
        }

        return bodies;
    }

    private async Task<Dictionary<Guid, DecisionFacts>> FactsAsync(Guid[] subjects, CancellationToken cancellationToken)
    {
        Dictionary<Guid, DecisionFacts> facts = new(subjects.Length);
        await using FinObsDbContext db = database.CreateHotContext();
        foreach (Guid[] part in subjects.Chunk(IdsPerQuery))
        {
            // Not the vectors and explanations: a message has no use for them.
            var rows = await (
                from transaction in db.Transactions
                join decision in db.Decisions on transaction.Id equals decision.Id
                where part.Contains(transaction.Id)
                select new
                {
                    Transaction = transaction,
                    decision.Decision,
                    decision.Score,
                    decision.EngineId,
                    decision.Reasons,
                    decision.Trace,
                    decision.DecidedAt,
                    decision.LeafId,
                }).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                DecisionRow decision = new()
                {
                    Id = row.Transaction.Id,
                    TransactionRef = row.Transaction.Id,
                    Namespace = row.Transaction.Namespace,
                    Decision = row.Decision,
                    Score = row.Score,
                    EngineId = row.EngineId,
                    Reasons = row.Reasons,
                    Trace = row.Trace,
                    DecidedAt = row.DecidedAt,
                    LeafId = row.LeafId,
                };
                facts[row.Transaction.Id] = Of(row.Transaction, TransactionResults.Of(row.Transaction, decision, await engines.FindAsync(row.EngineId, cancellationToken)));
            }
        }

        return facts;
    }

    private static DecisionFacts Of(TransactionRow row, TransactionResult result) => new()
    {
        Namespace = row.Namespace,
        Result = result,
        Type = row.Type,
        Amount = row.Amount,
        Currency = row.Currency,
        IsCredit = row.IsCredit,
        OccurredAt = row.OccurredAt,
        Account = row.AccountId,
        Counterparty = row.CounterpartyId,
        Meta = row.Meta,
    };

    private static DecisionKind KindOf(Decision decision) => decision switch
    {
        Decision.Approve => DecisionKind.Approve,
        Decision.Review => DecisionKind.Review,
        _ => DecisionKind.Block,
    };

    private sealed record Brief(Guid Id, Decision Decision, double? Score, long? EngineId, long? AccountHash);
}
