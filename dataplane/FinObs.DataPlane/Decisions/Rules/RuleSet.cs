using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Decisions.Rules.Reading;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>All rules and lists of the files at one moment. Never changed: a new version is another set with another digest.</summary>
internal sealed class RuleSet
{
    public static readonly RuleSet Empty = Of([], [], new Dictionary<string, ListFile>());

    private readonly ConcurrentDictionary<string, NamespaceRules?> _byNamespace = new(StringComparer.Ordinal);

    private RuleSet(IReadOnlyList<Rule> rules, IReadOnlyDictionary<string, ListFile> lists, byte[] content)
    {
        Rules = rules;
        Lists = lists;
        Content = content;
        Hash = SHA256.HashData(content);
        ListEntries = lists.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Entries.ToFrozenDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <summary>By id; also those that are switched off.</summary>
    public IReadOnlyList<Rule> Rules { get; }

    public IReadOnlyDictionary<string, ListFile> Lists { get; }

    public IReadOnlyDictionary<string, FrozenDictionary<string, ListedValue>> ListEntries { get; }

    /// <summary>Canonical JSON of everything that decides; of a value on a list only its SHA-256.</summary>
    public byte[] Content { get; }

    /// <summary>SHA-256 of <see cref="Content"/>.</summary>
    public byte[] Hash { get; }

    public string Digest => field ??= $"sha256:{Convert.ToHexStringLower(Hash)}";

    public bool IsEmpty => Rules.Count == 0 && Lists.Count == 0;

    /// <summary>The rules that a namespace has; null where it has none.</summary>
    public NamespaceRules? For(string name) => _byNamespace.GetOrAdd(name, static (name, set) =>
    {
        Rule[] rules = [.. set.Rules.Where(rule => rule.Head.Enabled && rule.Head.Scope.HasNamespace(name))];
        return rules.Length == 0 ? null : new NamespaceRules(set, rules);
    }, this);

    /// <param name="rules">Checked.</param>
    /// <param name="json">The same as they stand in the files, in the same order.</param>
    /// <param name="lists">By name.</param>
    public static RuleSet Of(IReadOnlyList<Rule> rules, IReadOnlyList<JsonObject> json, IReadOnlyDictionary<string, ListFile> lists)
    {
        (Rule Rule, JsonObject Json)[] sorted = [.. rules.Zip(json).OrderBy(pair => pair.First.Head.Id, StringComparer.Ordinal)];
        JsonObject content = new()
        {
            ["lists"] = new JsonArray([.. lists.Values.OrderBy(list => list.Name, StringComparer.Ordinal).Select(ContentOf)]),
            ["rules"] = new JsonArray([.. sorted.Select(pair => pair.Json.DeepClone())]),
            ["v"] = 1,
        };
        return new RuleSet([.. sorted.Select(pair => pair.Rule)], lists, CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(content.ToJsonString())));
    }

    private static JsonObject ContentOf(ListFile list) => new()
    {
        ["entries"] = new JsonArray([
            .. list.Entries
                .Select(entry => (Hash: Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(entry.Key))), entry.Value.Until))
                .OrderBy(entry => entry.Hash, StringComparer.Ordinal)
                .Select(entry => new JsonObject
                {
                    ["until"] = entry.Until == DateTimeOffset.MaxValue ? null : FormattableString.Invariant($"{entry.Until.UtcDateTime:O}"),
                    ["value_sha256"] = entry.Hash,
                })]),
        ["name"] = list.Name,
    };
}

/// <summary>The rules of one namespace, sorted by the type of transaction that they are asked about.</summary>
internal sealed class NamespaceRules
{
    private readonly FrozenDictionary<string, Rule[]> _byType;
    private readonly Rule[] _others;

    public NamespaceRules(RuleSet set, Rule[] rules)
    {
        Set = set;
        NeedsRecent = Array.Exists(rules, rule => rule.NeedsRecent);
        _others = [.. rules.Where(rule => rule.Head.Scope.Types.Count == 0)];
        _byType = rules.SelectMany(rule => rule.Head.Scope.Types).Distinct(StringComparer.Ordinal).ToFrozenDictionary(
            type => type,
            type => rules.Where(rule => rule.Head.Scope.Types.Count == 0 || rule.Head.Scope.Types.Contains(type, StringComparer.Ordinal)).ToArray(),
            StringComparer.Ordinal);
    }

    public RuleSet Set { get; }

    /// <summary>One of them looks at a window of time.</summary>
    public bool NeedsRecent { get; }

    /// <summary>Those that may say something about this type, in the order of their ids.</summary>
    public ReadOnlySpan<Rule> Of(string type) => _byType.TryGetValue(type, out Rule[]? rules) ? rules : _others;
}
