using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.Validation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>One document of a file: an object, or why it cannot be read.</summary>
/// <param name="File">The file, relative to the folder.</param>
/// <param name="Number">1, 2, 3, … within the file.</param>
/// <param name="FirstLine">Where the file's part that holds it begins, from 1.</param>
internal sealed record FileDocument(string File, int Number, int FirstLine)
{
    public JsonObject? Object { get; init; }

    public FieldError? Unreadable { get; init; }

    /// <summary>Line of <see cref="Unreadable"/>, where it is known.</summary>
    public int? UnreadableLine { get; init; }

    private YamlNode? Yaml { get; init; }

    /// <summary>The line of a field, where it is known; else that of the document.</summary>
    public int LineOf(string path) => Yaml is null ? FirstLine : FirstLine - 1 + YamlJson.LineOf(Yaml, path);

    /// <summary>The documents of a file; one that cannot be read does not hide the others.</summary>
    public static IEnumerable<FileDocument> Read(FolderFile file) =>
        file.Unreadable is not null ? [new FileDocument(file.Path, 1, 1) { Unreadable = file.Unreadable, UnreadableLine = file.UnreadableLine }]
        : file.Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ReadJson(file.Path, file.Text)
        : ReadYaml(file.Path, file.Text);

    private static IEnumerable<FileDocument> ReadJson(string file, string text)
    {
        FileDocument document = new(file, 1, 1);
        try
        {
            JsonNode? node = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Items(document, node);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Its own words may quote the file, and a Secret may stand in it. A name of half a surrogate pair is found out when names are compared.
            return [document with { Unreadable = new FieldError("(the document)", "is no JSON"), UnreadableLine = (int)((exception as JsonException)?.LineNumber ?? 0) + 1 }];
        }
    }

    private static IEnumerable<FileDocument> ReadYaml(string file, string text)
    {
        int number = 0;
        foreach ((int firstLine, string part) in Parts(text))
        {
            foreach (FileDocument document in ReadPart(new FileDocument(file, number + 1, firstLine), part))
            {
                number++;
                yield return document with { Number = number };
            }
        }
    }

    private static IEnumerable<FileDocument> ReadPart(FileDocument document, string part)
    {
        try
        {
            YamlNode? root = YamlJson.Parse(part);
            JsonNode? json = root is null ? null : YamlJson.ToJson(root);
            return json is null ? [] : [.. Items(document with { Yaml = root }, json)];
        }
        catch (YamlException exception)
        {
            return [document with { Unreadable = new FieldError("(the document)", $"is no YAML: {Words(exception)}"), UnreadableLine = document.FirstLine - 1 + (int)exception.Start.Line }];
        }
    }

    /// <summary>The items of a List stand for themselves.</summary>
    private static IEnumerable<FileDocument> Items(FileDocument document, JsonNode? node)
    {
        if (node is not JsonObject one)
        {
            return [document with { Unreadable = new FieldError("(the document)", "must be an object with apiVersion, kind, metadata and spec"), UnreadableLine = document.FirstLine }];
        }

        return one["kind"] is JsonValue kind && kind.TryGetValue(out string? name) && name == "List" && one["items"] is JsonArray items
            ? items.SelectMany(item => Items(document with { Yaml = null }, item))
            : [Sound(document, one)];
    }

    private static FileDocument Sound(FileDocument document, JsonObject json) => UnfitText.In(json) is { } path
        ? document with { Unreadable = new FieldError(path, "holds half a surrogate pair or a NUL, which no text may: remove it"), UnreadableLine = document.LineOf(path) }
        : document with { Object = json };

    /// <summary>Cut at the markers, which stand at the beginning of a line, so that an error in one part leaves the others whole.</summary>
    private static IEnumerable<(int FirstLine, string Text)> Parts(string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        int from = 0;
        for (int i = 0; i <= lines.Length; i++)
        {
            bool isMarker = i < lines.Length && (lines[i] == "---" || lines[i].StartsWith("--- ", StringComparison.Ordinal) || lines[i].StartsWith("---\t", StringComparison.Ordinal));
            if (i < lines.Length && !isMarker)
            {
                continue;
            }

            if (lines[from..i].Any(line => line.TrimStart() is { Length: > 0 } content && content[0] is not ('#' or '%') && content != "---"))
            {
                yield return (from + 1, new StringBuilder().AppendJoin('\n', lines[from..i]).ToString());
            }

            from = i;
        }
    }

    /// <summary>The parser's words without its own account of the place.</summary>
    private static string Words(YamlException exception)
    {
        string message = exception.InnerException is YamlException inner ? inner.Message : exception.Message;
        int end = message.IndexOf("): ", StringComparison.Ordinal);
        return end > 0 && message.StartsWith('(') ? message[(end + 3)..] : message;
    }
}
