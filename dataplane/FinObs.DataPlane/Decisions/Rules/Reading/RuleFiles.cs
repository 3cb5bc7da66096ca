using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources.Validation;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Resources.Files;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Decisions.Rules.Reading;

/// <summary>Something wrong in a rules file.</summary>
internal sealed record RuleProblem(string File, int Line, string Field, string Message)
{
    public override string ToString() => $"{File}:{Line}: {Field}: {Message}";
}

/// <summary>What files came to: a set that can be put in force, or why not.</summary>
internal sealed record RuleReading(RuleSet? Set, IReadOnlyList<RuleProblem> Problems);

/// <summary>Reads rules and lists from YAML or JSON. All or nothing: half of a policy is not a policy.</summary>
internal static partial class RuleFiles
{
    private const int MostRules = 1_000;
    private const int MostEntries = 100_000;

    /// <param name="files">The files.</param>
    /// <param name="baseCurrency">Of amounts without a currency.</param>
    public static RuleReading Read(IReadOnlyList<FolderFile> files, string baseCurrency)
    {
        Gathered all = new();

        // An empty file is one that somebody is writing, or a mistake; it must not pass for "no rules".
        all.Problems.AddRange(files
            .Where(file => file.Unreadable is null && string.IsNullOrWhiteSpace(file.Text))
            .Select(file => new RuleProblem(file.Path, 1, "(the file)", "is empty: take it away, or write rules: [] into it")));
        foreach (FileDocument document in files.Where(file => file.Unreadable is not null || !string.IsNullOrWhiteSpace(file.Text)).SelectMany(FileDocument.Read))
        {
            List<FieldError> errors = [];
            if (document.Object is { } json)
            {
                ReadDocument(json, document, baseCurrency, all, errors);
            }
            else
            {
                // The reader of resources asks for another kind of object.
                string message = document.Unreadable!.Message.StartsWith("must be an object", StringComparison.Ordinal) ? "must be an object with rules or lists" : document.Unreadable.Message;
                errors.Add(document.Unreadable with { Message = message });
            }

            all.Problems.AddRange(errors.Select(error => new RuleProblem(document.File, document.UnreadableLine ?? document.LineOf(error.Path), error.Path, error.Message)));
        }

        CheckTogether(all);
        return new RuleReading(all.Problems.Count == 0 ? RuleSet.Of([.. all.Rules.Select(found => found.Rule)], [.. all.Rules.Select(found => found.Json)], all.Lists) : null, all.Problems);
    }

    private static void ReadDocument(JsonObject json, FileDocument document, string baseCurrency, Gathered all, List<FieldError> errors)
    {
        RuleReader reader = new(json, "", baseCurrency, errors);
        foreach ((JsonObject one, string path) in Objects(reader, json, "lists", MostEntries, errors))
        {
            if (ListFile.Read(one, path, baseCurrency, errors) is { } list && !all.Lists.TryAdd(list.Name, list))
            {
                errors.Add(new FieldError($"{path}.name", $"the list {list.Name} is declared twice: put its entries together"));
            }
        }

        foreach ((JsonObject one, string path) in Objects(reader, json, "rules", MostRules, errors))
        {
            int before = errors.Count;
            Rule? rule = ReadRule(one, path, baseCurrency, errors);
            if (rule is not null && errors.Count == before)
            {
                all.Rules.Add(new Found(rule, one, document, path));
            }
        }

        reader.RefuseOthers("a rules file");
    }

    private static IEnumerable<(JsonObject Json, string Path)> Objects(RuleReader reader, JsonObject json, string name, int most, List<FieldError> errors)
    {
        if (!reader.Has(name))
        {
            yield break;
        }

        if (json[name] is not JsonArray array || array.Count > most)
        {
            errors.Add(new FieldError(name, $"must be a list, of at most {most:N0}"));
            yield break;
        }

        for (int i = 0; i < array.Count; i++)
        {
            if (array[i] is JsonObject one)
            {
                yield return (one, $"{name}[{i}]");
            }
            else
            {
                errors.Add(new FieldError($"{name}[{i}]", "must be an object"));
            }
        }
    }

    private static Rule? ReadRule(JsonObject json, string path, string baseCurrency, List<FieldError> errors)
    {
        RuleReader reader = new(json, path, baseCurrency, errors);
        string type = reader.Text("type");
        if (RuleKind.All.FirstOrDefault(kind => kind.Name == type) is not { } kind)
        {
            if (type.Length > 0)
            {
                reader.Refuse("type", $"must be one of {string.Join(", ", RuleKind.All.Select(known => known.Name))}");
            }

            return null;
        }

        RuleHead head = ReadHead(reader, kind);
        Rule rule = kind.Read(reader, head);
        reader.RefuseOthers(kind.Name);
        return rule;
    }

    private static RuleHead ReadHead(RuleReader reader, RuleKind kind)
    {
        string id = reader.Text("id", 63);
        if (id.Length > 0 && !Id().IsMatch(id))
        {
            reader.Refuse("id", "must be lower-case letters, digits and hyphens, beginning with a letter");
        }

        RuleText text = new(reader.TextOrNull("text", 500) ?? kind.Text);
        foreach (string place in text.Places.Where(place => !kind.Places.Contains(place, StringComparer.Ordinal)))
        {
            reader.Refuse("text", $"{{{place}}} is no place of {kind.Name}; allowed are {string.Join(", ", kind.Places.Select(name => $"{{{name}}}"))}");
        }

        bool isBlock = kind.HasOutcome && Outcome(reader) == "block";
        DateTimeOffset from = reader.Instant("effectiveFrom") ?? DateTimeOffset.MinValue, until = reader.Instant("effectiveUntil") ?? DateTimeOffset.MaxValue;
        if (until <= from)
        {
            reader.Refuse("effectiveUntil", "must be after effectiveFrom");
        }

        return new RuleHead
        {
            Id = id,
            Version = reader.Whole("version", 1, 1_000_000),
            Type = kind.Name,
            Regulation = reader.Text("regulation"),
            Outcome = isBlock ? Decision.Block : Decision.Review,
            Text = text,
            Scope = ReadScope(reader.Object("scope")),
            Enabled = reader.Truth("enabled", otherwise: true),
            EffectiveFrom = from,
            EffectiveUntil = until,
        };
    }

    /// <summary>Nobody blocks by leaving something out, and nobody reviews by it either.</summary>
    private static string Outcome(RuleReader reader)
    {
        if (!reader.Has("outcome"))
        {
            reader.Refuse("outcome", "is required: review or block");
        }

        return reader.Choice("outcome", ["review", "block"]);
    }

    private static RuleScope ReadScope(RuleReader reader)
    {
        IReadOnlyList<string> currencies = reader.Texts("currencies");
        foreach (string unknown in currencies.Where(code => !Currencies.IsKnown(code)))
        {
            reader.Refuse("currencies", $"{unknown} is no ISO 4217 code");
        }

        IReadOnlyList<string> types = reader.Texts("types");
        foreach (string type in types.Where(type => !TransactionType().IsMatch(type) || type is "wire" or "cheque"))
        {
            reader.Refuse("types", $"no transaction is stored with the type {type}: lower-case letters, digits and underscores; wire is stored as wire_transfer, cheque as check");
        }

        RuleScope scope = new(
            types, currencies, reader.Texts("namespaces"),
            reader.Choice("direction", ["both", "debit", "credit"]) switch { "debit" => false, "credit" => true, _ => null });
        reader.RefuseOthers("scope");
        return scope;
    }

    /// <summary>What one rule says of another, or of a list, which may stand in another file.</summary>
    private static void CheckTogether(Gathered all)
    {
        foreach (IGrouping<string, Found> same in all.Rules.GroupBy(found => found.Rule.Head.Id, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            string places = string.Join(" and ", same.Select(found => $"{found.Document.File}:{found.LineOf("id")}"));
            all.Problems.AddRange(same.Select(found => found.Problem("id", $"the rule {same.Key} stands in {places}: keep one of them")));
        }

        HashSet<string> ids = all.Rules.Select(found => found.Rule.Head.Id).ToHashSet(StringComparer.Ordinal);
        foreach (Found found in all.Rules)
        {
            if (found.Rule is Kinds.IListRule { List: { } list } && !all.Lists.ContainsKey(list))
            {
                all.Problems.Add(found.Problem("list", $"there is no list {list}: declare it under lists, with or without entries"));
            }

            if (found.Rule is Kinds.AllowListRule allow)
            {
                all.Problems.AddRange(allow.Silences.Where(id => !ids.Contains(id)).Select(id => found.Problem("silences", $"there is no rule {id}")));
                all.Problems.AddRange(all.Rules
                    .Where(other => other.Rule is Kinds.DenyListRule && allow.Silences.Contains(other.Rule.Head.Id, StringComparer.Ordinal))
                    .Select(other => found.Problem("silences", $"{other.Rule.Head.Id} is a deny list, which nothing silences")));
            }
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();

    [GeneratedRegex("^[a-z0-9_]{1,40}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TransactionType();

    private sealed class Gathered
    {
        public List<Found> Rules { get; } = [];

        public Dictionary<string, ListFile> Lists { get; } = new(StringComparer.Ordinal);

        public List<RuleProblem> Problems { get; } = [];
    }

    private sealed record Found(Rule Rule, JsonObject Json, FileDocument Document, string Path)
    {
        public int LineOf(string field) => Document.LineOf($"{Path}.{field}");

        public RuleProblem Problem(string field, string message) => new(Document.File, LineOf(field), $"{Path}.{field}", message);
    }
}
