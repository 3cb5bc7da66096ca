using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>
/// One rule beside the model. It says nothing or one sentence; it never changes anything, and what it looks at stands in the transaction, in the account as it stood before it, and in the lists.
/// </summary>
internal abstract class Rule(RuleHead head)
{
    public RuleHead Head { get; } = head;

    /// <summary>Looks at a window of time, so the account's last transactions must be remembered.</summary>
    public virtual bool NeedsRecent => false;

    /// <summary>The sentence where it hits, with this transaction's numbers; else null, without allocating.</summary>
    public abstract string? Check(in RuleContext context);
}

/// <summary>What every rule says of itself.</summary>
internal sealed record RuleHead
{
    public required string Id { get; init; }

    /// <summary>Counted up by whoever changes the rule.</summary>
    public required int Version { get; init; }

    /// <summary>As it stands in the file, e.g. <c>amountLimit</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What asks for it: a law by paragraph, or <c>internal policy</c>.</summary>
    public required string Regulation { get; init; }

    /// <summary>Review or Block; of an allow list it has no meaning.</summary>
    public required Decision Outcome { get; init; }

    public required RuleText Text { get; init; }

    public required RuleScope Scope { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>In force for decisions from this instant on.</summary>
    public DateTimeOffset EffectiveFrom { get; init; } = DateTimeOffset.MinValue;

    /// <summary>And before this one.</summary>
    public DateTimeOffset EffectiveUntil { get; init; } = DateTimeOffset.MaxValue;

    public bool IsEffectiveAt(DateTimeOffset instant) => Enabled && instant >= EffectiveFrom && instant < EffectiveUntil;

    /// <summary>For programs: <c>RULE_CTR_OVER_10000</c>.</summary>
    public string ReasonCode => field ??= $"RULE_{Id.ToUpperInvariant().Replace('-', '_')}";
}

/// <summary>Which transactions a rule is asked about; an empty list = all.</summary>
internal sealed record RuleScope(
    IReadOnlyList<string> Types, IReadOnlyList<string> Currencies, IReadOnlyList<string> Namespaces, bool? IsCredit)
{
    public static readonly RuleScope All = new([], [], [], null);

    private readonly uint[] _types = [.. Types.Select(Ledger.RecentTransaction.TypeOf)];
    private readonly uint[] _currencies = [.. Currencies.Select(Ledger.RecentTransaction.CurrencyOf)];

    public bool HasNamespace(string name) => Namespaces.Count == 0 || Namespaces.Contains(name, StringComparer.Ordinal);

    /// <summary>Types are sorted out beforehand, see <see cref="NamespaceRules"/>.</summary>
    public bool Has(Ledger.TransactionRow row) => (IsCredit is not { } side || side == row.IsCredit) && (Currencies.Count == 0 || Contains(Currencies, row.Currency));

    /// <summary>The same of a remembered transaction, type included.</summary>
    public bool Has(in Ledger.RecentTransaction earlier) =>
        (IsCredit is not { } side || side == earlier.IsCredit)
        && (_types.Length == 0 || Array.IndexOf(_types, earlier.Type) >= 0)
        && (_currencies.Length == 0 || Array.IndexOf(_currencies, earlier.Currency) >= 0);

    private static bool Contains(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
