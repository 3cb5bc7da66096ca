using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>Which objects of a kind somebody asks for.</summary>
internal sealed record Selection(string? Namespace, string Labels, string Fields)
{
    public bool Matches(JsonObject resource) =>
        (Namespace is null || resource.Namespace() == Namespace)
        && Terms(Labels).All(term => MatchesLabel(resource.Metadata()["labels"] as JsonObject, term))
        && Terms(Fields).All(term => MatchesField(resource, term));

    /// <summary>Split at commas outside of parentheses.</summary>
    private static IEnumerable<string> Terms(string selector)
    {
        int depth = 0, start = 0;
        for (int i = 0; i <= selector.Length; i++)
        {
            if (i == selector.Length || (selector[i] == ',' && depth == 0))
            {
                if (i > start) yield return selector[start..i].Trim();
                start = i + 1;
            }
            else if (selector[i] is '(' or ')')
            {
                depth += selector[i] == '(' ? 1 : -1;
            }
        }
    }

    private static bool MatchesLabel(JsonObject? labels, string term)
    {
        string? Value(string name) => labels?[name.Trim()]?.Text();
        if (term.Contains(" in ", StringComparison.Ordinal) || term.Contains(" notin ", StringComparison.Ordinal))
        {
            string[] parts = term.Split(' ', 3);
            bool isIn = Value(parts[0]) is { } value && parts[2].Trim('(', ')', ' ').Split(',', StringSplitOptions.TrimEntries).Contains(value);
            return parts[1] == "in" ? isIn : !isIn;
        }

        if (term.Split("!=") is [var unlike, var other]) return Value(unlike) != other.Trim();
        if (term.Split("==") is [var same, var exact]) return Value(same) == exact.Trim();
        if (term.Split('=') is [var name, var wanted]) return Value(name) == wanted.Trim();
        return term.StartsWith('!') ? Value(term[1..]) is null : Value(term) is not null;
    }

    private static bool MatchesField(JsonObject resource, string term)
    {
        if (term.Split("!=") is [var unlike, var other]) return resource.At(unlike)?.ToString() != other;
        return term.Replace("==", "=").Split('=') is [var path, var wanted]
            ? (resource.At(path)?.ToString() ?? "") == wanted
            : throw ApiError.BadRequest($"unable to parse the field selector '{term}'");
    }
}
