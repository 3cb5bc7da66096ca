using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Operator.Tests.Resources;

/// <summary>A good example and a change that makes it bad: refused by the API server and in process, at the same field.</summary>
/// <param name="Name">What is wrong, as a sentence.</param>
/// <param name="Kind">Whose example is changed, in lower case.</param>
/// <param name="Change">The change.</param>
/// <param name="Field">The field that both name.</param>
/// <param name="Message">What both say; where the server has words of its own, what is said in process.</param>
/// <param name="ServerSays">The server's own words, where they are others.</param>
internal sealed record BadChange(string Name, string Kind, Action<JsonObject> Change, string Field, string Message, string? ServerSays = null)
{
    /// <summary>Makes the example what it is before the change; null = the change is made to a new object.</summary>
    public Action<JsonObject>? Before { get; init; }

    public override string ToString() => Name;

    public JsonObject Good()
    {
        JsonObject document = SampleResources.Read(Kind);
        Before?.Invoke(document);
        return document;
    }

    public JsonObject Bad()
    {
        JsonObject document = Good();
        Change(document);
        return document;
    }

    public static BadChange Of(string name, string kind, string path, JsonNode? value, string message, string? serverSays = null, string? field = null) =>
        new(name, kind, document => Set(document, path, value), field ?? path, message, serverSays);

    /// <summary>Of an object that is there.</summary>
    public static BadChange Later(string name, string kind, string path, JsonNode value, string message, JsonObject? before = null, string? field = null) =>
        Of(name, kind, path, value, message, field: field) with
        {
            Before = document =>
            {
                foreach ((string at, JsonNode? earlier) in before ?? [])
                {
                    Set(document, at, earlier);
                }
            },
        };

    public static BadChange Immutable(string kind, string path, JsonNode value, string? field = null) =>
        Later($"{kind}: {path} is changed", kind, path, value, ImmutableAttribute.Message, field: field);

    /// <summary>Sets a field by its path, e.g. <c>spec.arms[0].name</c>; null takes it away.</summary>
    public static void Set(JsonObject document, string path, JsonNode? value)
    {
        string[] steps = path.Replace("[", ".[").Split('.');
        JsonNode parent = document;
        foreach (string step in steps[..^1])
        {
            parent = step[0] == '[' ? parent[int.Parse(step[1..^1])]! : parent[step] ??= new JsonObject();
        }

        string last = steps[^1];
        if (last[0] == '[')
        {
            JsonArray items = parent.AsArray();
            int index = int.Parse(last[1..^1]);
            if (index == items.Count) items.Add(value?.DeepClone());
            else items[index] = value?.DeepClone();
        }
        else if (value is null)
        {
            parent.AsObject().Remove(last);
        }
        else
        {
            parent[last] = value.DeepClone();
        }
    }
}
