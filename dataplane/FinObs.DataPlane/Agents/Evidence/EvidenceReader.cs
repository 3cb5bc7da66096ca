using System.Globalization;
using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Agents.Evidence;

/// <summary>Puts together what an agent is shown of its matter, from our own rows. Reads only.</summary>
internal sealed class EvidenceReader(IDatabase database, OverrideWriter overrides, EngineDirectory engines, AccountEvidence accounts, MatterEvidence matters, PeriodEvidence periods, SimilarCases similar, TimeProvider time)
{
    private const int MostSimilar = 5;
    private const int LongestType = 64;

    /// <summary>Null where the matter is not there, or of another namespace.</summary>
    public async Task<EvidenceSet?> ReadAsync(AgentInput input, CancellationToken cancellationToken) => input switch
    {
        AgentInput.IncidentTriage triage => await OfCaseAsync(triage.Namespace, triage.CaseId, cancellationToken),
        AgentInput.Remediation remediation => await OfCaseAsync(remediation.Namespace, remediation.CaseId, cancellationToken),
        AgentInput.ComplianceCheck check => await OfDecisionAsync(check.Namespace, check.DecisionId, cancellationToken) is { Count: > 0 } documents ? new EvidenceSet(documents) : null,
        AgentInput.AuditSummary summary => new EvidenceSet([await periods.ReadAsync(summary, cancellationToken)]),
        _ => null,
    };

    private async Task<EvidenceSet?> OfCaseAsync(string @namespace, Guid id, CancellationToken cancellationToken)
    {
        CaseRow? row;
        int blocked;
        Guid worst;
        await using (FinObsDbContext db = database.CreateContext())
        {
            row = await db.Cases.FirstOrDefaultAsync(one => one.Id == id && one.Namespace == @namespace, cancellationToken);
            IQueryable<CaseTransactionRow> its = db.CaseTransactions.Where(one => one.CaseId == id);
            blocked = await its.CountAsync(one => one.Decision == Decision.Block, cancellationToken);
            worst = await its.OrderBy(one => one.Decision == Decision.Block ? 0 : 1).ThenByDescending(one => one.Score ?? 0).ThenBy(one => one.TransactionRef)
                .Select(one => one.TransactionRef).FirstOrDefaultAsync(cancellationToken);
        }

        if (row is null)
        {
            return null;
        }

        List<EvidenceDocument> documents = [EvidenceDocument.Of($"{CaseFacts.Kind}:{id}", row.Name, FactsOf(row, blocked)), SimilarOf(row, await similar.OfAsync(row, cancellationToken))];
        documents.AddRange(await matters.ReadAsync(row, cancellationToken));
        if (worst != Guid.Empty)
        {
            documents.AddRange(await OfDecisionAsync(@namespace, worst, cancellationToken));
        }

        return new EvidenceSet(documents);
    }

    private async Task<List<EvidenceDocument>> OfDecisionAsync(string @namespace, Guid id, CancellationToken cancellationToken)
    {
        if (await overrides.SeenAsync(id, cancellationToken) is not { } seen || !string.Equals(seen.Stored.Transaction.Namespace, @namespace, StringComparison.Ordinal))
        {
            return [];
        }

        EngineIdentity? engine = await engines.FindAsync(seen.Stored.Decision.EngineId, cancellationToken);
        List<EvidenceDocument> documents = [EvidenceDocument.Of($"{DecisionFacts.Kind}:{id}", "Decision", FactsOf(seen, engine))];
        if (await accounts.ReadAsync(seen.Stored.Transaction, cancellationToken) is { } account)
        {
            documents.Add(account);
        }

        return documents;
    }

    private CaseFacts FactsOf(CaseRow row, int blocked) => new()
    {
        Name = row.Name,
        Type = Name(row.Type),
        Status = Word(row.Status),
        Severity = Word(row.Severity),
        Priority = row.Priority,
        Source = row.Source,
        Assigned = row.AssignedTo is not null,
        Overdue = row.Status != CaseStatus.Resolved && row.DueAt < time.GetUtcNow(),
        OnHold = row.SnoozedUntil > time.GetUtcNow(),
        Transactions = row.Transactions,
        Blocked = blocked,
        Reasons = CaseText.Items(row.Reasons),
        LargestAmount = row.LargestAmount,
        HighestScore = row.HighestScore,
        HasAccount = row.Account is not null,
    };

    private static DecisionFacts FactsOf(SeenDecision seen, EngineIdentity? engine)
    {
        IReadOnlyList<DecisionReason> reasons = ReasonsJson.Read(seen.Stored.Decision.Reasons);
        RuleMark[] rules = [.. reasons.Select(reason => reason.Rule).OfType<RuleMark>()];
        return new DecisionFacts
        {
            Decision = seen.Stored.Decision.Decision.OnTheWire(),
            Holds = seen.Holds.OnTheWire(),
            Score = seen.Stored.Decision.Score,
            ReviewAt = engine?.Thresholds.ReviewAt,
            BlockAt = engine?.Thresholds.BlockAt,
            Model = engine?.ModelVersion,
            Amount = seen.Stored.Transaction.Amount.ToString("0.##########", CultureInfo.InvariantCulture),
            Currency = seen.Stored.Transaction.Currency,
            Direction = seen.Stored.Transaction.IsCredit ? "credit" : "debit",
            OccurredAt = seen.Stored.Transaction.OccurredAt,
            Reasons = [.. reasons.Select(reason => reason.Code).Distinct(StringComparer.Ordinal)],
            Rules = [.. rules.Select(rule => string.Create(CultureInfo.InvariantCulture, $"{rule.Id}@{rule.Version}"))],
            Regulations = [.. rules.Select(rule => rule.Regulation).Distinct(StringComparer.Ordinal)],
            Overrides = seen.Last?.Sequence ?? 0,
            HasAccount = seen.Stored.Transaction.AccountId is not null,
        };
    }

    private static EvidenceDocument SimilarOf(CaseRow row, IReadOnlyList<SimilarCase> alike) => EvidenceDocument.Of($"{SimilarFacts.Kind}:{row.Id}", "Similar cases", new SimilarFacts
    {
        Compared = alike.Count,
        ConfirmedFraud = alike.Count(one => one.Row.Outcome == CaseOutcomes.ConfirmedFraud),
        Legitimate = alike.Count(one => one.Row.Outcome == CaseOutcomes.Legitimate),
        SameAccountFraud = alike.Count(one => one.Row.Outcome == CaseOutcomes.ConfirmedFraud && row.Account is not null && one.Row.Account == row.Account),
        Cases = [.. alike.Take(MostSimilar).Select(one => one.Row.Name)],
    });

    /// <summary>People may write anything there: only what has the form of a name is shown.</summary>
    private static string Name(string type) => type.Length <= LongestType && type.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.') ? type : "other";

    private static string Word(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
