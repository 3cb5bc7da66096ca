using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions.Rules.Kinds;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Ledger;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>What the rules say of the transactions of one chunk, each looked at as its account stood then.</summary>
internal sealed class RuleFindings(NamespaceRules rules, ListView lists, LedgerUnits units, int count, DateTimeOffset now)
{
    private readonly RuleFinding?[] _found = new RuleFinding?[count];

    public bool NeedsRecent => rules.NeedsRecent;

    /// <summary>The set that was asked.</summary>
    public RuleSet Set => rules.Set;

    /// <summary>Null where no rule hit.</summary>
    public RuleFinding? this[int index] => _found[index];

    /// <param name="index">Place in the chunk.</param>
    /// <param name="row">The transaction.</param>
    /// <param name="facts">The same as features see it.</param>
    /// <param name="baseline">Its account before it.</param>
    /// <param name="recent">The account's last transactions before it.</param>
    public void Check(int index, TransactionRow row, in TransactionFacts facts, in AccountBaseline baseline, RecentActivity? recent)
    {
        List<RuleHit>? hits = null;
        RuleContext context = new(row, facts, baseline, recent, units, lists, now);
        foreach (Rule rule in rules.Of(row.Type))
        {
            if (rule.Head.IsEffectiveAt(now) && rule.Head.Scope.Has(row) && rule.Check(context) is { } text)
            {
                (hits ??= []).Add(new RuleHit(rule, text));
            }
        }

        _found[index] = hits is null ? null : RuleFinding.Of(hits);
    }
}

/// <summary>A rule that hit, and its sentence.</summary>
internal sealed record RuleHit(Rule Rule, string Text);

/// <summary>What the rules that hit come to.</summary>
/// <param name="Outcome">The worst of those that are not silenced; Approve where all are.</param>
/// <param name="MayLower">The worst decision of the model that an allow list turns into an approval; null = none.</param>
/// <param name="Reasons">All that hit, the worst first; silenced ones and allow lists last.</param>
internal sealed record RuleFinding(Decision Outcome, Decision? MayLower, IReadOnlyList<DecisionReason> Reasons)
{
    public static RuleFinding Of(IReadOnlyList<RuleHit> hits)
    {
        HashSet<string> silenced = [.. hits.Select(hit => hit.Rule).OfType<AllowListRule>().SelectMany(allow => allow.Silences)];
        bool isDenied = hits.Any(hit => hit.Rule is DenyListRule);
        Decision outcome = Decision.Approve;
        List<(int Rank, DecisionReason Reason)> reasons = new(hits.Count);
        foreach (RuleHit hit in hits)
        {
            RuleHead head = hit.Rule.Head;
            bool isAllow = hit.Rule is AllowListRule, isSilenced = silenced.Contains(head.Id);
            if (!isAllow && !isSilenced && head.Outcome > outcome)
            {
                outcome = head.Outcome;
            }

            string said = isAllow ? RuleMark.Allow : isSilenced ? RuleMark.Silenced : head.Outcome.OnTheWire();
            int rank = isAllow ? 3 : isSilenced ? 2 : head.Outcome == Decision.Block ? 0 : 1;
            reasons.Add((rank, new DecisionReason(head.ReasonCode, "", hit.Text, 0, new RuleMark(head.Id, head.Version, head.Regulation, said))));
        }

        Decision? mayLower = isDenied ? null : hits.Select(hit => (hit.Rule as AllowListRule)?.MayLower).Max();
        return new RuleFinding(outcome, mayLower, [.. reasons.OrderBy(reason => reason.Rank).Select(reason => reason.Reason)]);
    }

    /// <summary>The worst of model and rules; an allow list may take the model's away. Without a model nothing is ever lowered.</summary>
    public Decision With(Decision model, bool isScored)
    {
        Decision lowered = isScored && MayLower is { } most && model <= most ? Decision.Approve : model;
        return lowered > Outcome ? lowered : Outcome;
    }
}
