using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FinObs.Kubectl;

/// <summary>Takes out of a support bundle what nobody who looks for a fault needs: secrets, people, account numbers. Pure. What is in doubt goes.</summary>
internal static partial class Redaction
{
    public const string Removed = "(removed)";

    private static readonly string[] NotShown = ["managedFields", "kubectl.kubernetes.io/last-applied-configuration"];

    /// <summary>Under these names every text goes, however deep it is.</summary>
    private static readonly string[] Secret = ["headers", "query", "env", "stringData", "data", "finobs.io/changed-by", "finobs.io/change-reason"];

    /// <summary>A manifest, or a part of one; the names of Secrets and keys stay, their values never were in it.</summary>
    public static JsonNode? Of(JsonNode? node) => Of(node, isSecret: false);

    /// <summary>A line of a log, or any other text.</summary>
    public static string Of(string line)
    {
        string text = Address().Replace(line, "${scheme}${host}");
        text = Shown().Replace(text, "${name}" + Removed);
        text = Credential().Replace(text, Removed);
        text = Mail().Replace(text, "(e-mail)");
        return Account().Replace(text, "(number)");
    }

    private static JsonNode? Of(JsonNode? node, bool isSecret) => node switch
    {
        JsonObject fields => new JsonObject(fields.Where(field => !NotShown.Contains(field.Key)).Select(field => KeyValuePair.Create(field.Key, Field(field.Key, field.Value, isSecret)))),
        JsonArray items => new JsonArray([.. items.Select(item => Of(item, isSecret))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => isSecret ? Removed : Of(value.GetValue<string>()),
        null => null,
        _ => node.DeepClone(),
    };

    /// <summary>Of a variable or a header the name stays, and where its value comes from.</summary>
    private static JsonNode? Field(string name, JsonNode? value, bool isSecret) =>
        name is "name" or "valueFrom" or "secretRef" && isSecret ? value?.DeepClone()
        : Of(value, isSecret || Secret.Contains(name) || (value is JsonValue && Named().IsMatch(name)));

    /// <summary>What stands before a host, and what follows a question mark.</summary>
    [GeneratedRegex(@"(?<scheme>\bhttps?://)(?:[^/\s@""]*@)?(?<host>[^\s?#""']*)(?:[?#][^\s""']*)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<name>\b(?:bearer|basic|password|passwd|pwd|secret|token|api[-_ ]?key)\b\s*[=: ]\s*)(?!\(removed\))[^\s,;""']+", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Shown();

    /// <summary>Tokens, keys and signing secrets by what they look like.</summary>
    [GeneratedRegex(@"\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b(?:fok|whsec)_[\w+/=-]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Credential();

    [GeneratedRegex(@"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mail();

    /// <summary>Account and card numbers: nine digits in a row and more, also in groups, or an IBAN.</summary>
    [GeneratedRegex(@"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b|(?<![\w.-])\d(?:[ -]?\d){8,18}(?![\w.-])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Account();

    [GeneratedRegex("password|token$|apiKey|authorization", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Named();
}
