using System.Text.Json.Nodes;
using FinObs.DataPlane.Resources.Files;

namespace FinObs.DataPlane.Tests.Resources.Files;

/// <summary>YAML and JSON as they come: what they mean, and what ends a document but never the process.</summary>
public sealed class FileDocumentTests
{
    [Theory]
    [InlineData("a tab as indentation", "a:\n\tb: 1\n", "is no YAML: ")]
    [InlineData("a field twice", "a: 1\na: 2\n", "is no YAML: ")]
    [InlineData("a field twice, once in quotes", "a: 1\n\"a\": 2\n", "is no YAML: ")]
    [InlineData("a bracket that is not closed", "a: [1, 2\n", "is no YAML: ")]
    [InlineData("an alias of nothing", "a: *nobody\n", "is no YAML: ")]
    [InlineData("a list that holds itself", "a: &a [*a]\n", "is no YAML: ")]
    [InlineData("a name that is a list", "? [a, b]\n: 1\n", "is no YAML: the name of a field must be text")]
    [InlineData("a name that is a list which holds itself", "&a ? *a\n: 1\n", "is no YAML: ")]
    [InlineData("a second document without its marker", "a: 1\n...\nb: 2\n", "is no YAML: another document must begin with a line ---")]
    [InlineData("text", "just words\n", "must be an object with apiVersion, kind, metadata and spec")]
    [InlineData("a list", "- a\n- b\n", "must be an object with apiVersion, kind, metadata and spec")]
    public void A_document_that_cannot_be_used_says_so(string what, string text, string message)
    {
        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile("f.yaml", text)));

        Assert.Null(document.Object);
        Assert.True(document.Unreadable!.Message.StartsWith(message, StringComparison.Ordinal), $"{what}: {document.Unreadable}");
        Assert.InRange(document.UnreadableLine!.Value, 1, 4);
    }

    [Fact]
    public void A_few_lines_of_aliases_do_not_become_gigabytes()
    {
        string text = string.Join('\n', Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]").Prepend("a0: &a0 [lol, lol, lol]"));

        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile("f.yaml", text)));

        Assert.Contains("more than 100,000 values, aliases copied out", document.Unreadable!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_never_an_alias_however_large_what_it_stands_for()
    {
        string text = string.Join('\n', Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]").Prepend("a0: &a0 [lol, lol, lol]")) + "\n*a9 : x\n";

        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile("f.yaml", text)));

        Assert.Contains("the name of a field must be text", document.Unreadable!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f.yaml", '[', ']')]
    [InlineData("f.json", '[', ']')]
    public void Ten_thousand_brackets_are_too_many(string file, char open, char close)
    {
        string text = $"{{\"a\": {new string(open, 10_000)}{new string(close, 10_000)}}}";

        Assert.NotNull(Assert.Single(FileDocument.Read(new FolderFile(file, text))).Unreadable);
    }

    [Theory]
    [InlineData("0.99", "0.99")]
    [InlineData("\"0.99\"", "\"0.99\"")]
    [InlineData("'yes'", "\"yes\"")]
    [InlineData("yes", "true")]
    [InlineData("off", "false")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("010", "8")]
    [InlineData("0x1F", "31")]
    [InlineData("1e3", "1000")]
    [InlineData("-5", "-5")]
    [InlineData(".inf", "\".inf\"")]
    [InlineData("3.2.0", "\"3.2.0\"")]
    [InlineData("2026-01-12T04:00:00Z", "\"2026-01-12T04:00:00Z\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("99999999999999999999", "1E+20")]
    [InlineData("&x 5", "5")]
    [InlineData("\"a\\nb\"", "\"a\\nb\"")]
    public void A_value_means_what_it_means_to_kubectl(string yaml, string json)
    {
        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile("f.yaml", $"a: {yaml}\n")));

        Assert.Equal(json, document.Object!["a"]?.ToJsonString() ?? "null");
    }

    [Fact]
    public void What_an_alias_stands_for_is_copied()
    {
        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile("f.yaml", "a: &a {b: [1, x]}\nc: *a\nd: [*a]\n")));

        Assert.Equal("""{"a":{"b":[1,"x"]},"c":{"b":[1,"x"]},"d":[{"b":[1,"x"]}]}""", document.Object!.ToJsonString());
    }

    [Fact]
    public void A_broken_document_hides_none_of_the_others_and_empty_ones_are_none()
    {
        FileDocument[] documents = [.. FileDocument.Read(new FolderFile("f.yaml", "# nothing\n---\na: 1\n---\nb: [\n---\n# nothing either\n--- # the third\r\nc: 3\r\n---\n"))];

        Assert.Equal(["{\"a\":1}", null, "{\"c\":3}"], documents.Select(document => document.Object?.ToJsonString()));
        Assert.Equal([(1, 2), (2, 4), (3, 8)], documents.Select(document => (document.Number, document.FirstLine)));
    }

    [Fact]
    public void The_items_of_a_list_stand_for_themselves()
    {
        FileDocument[] documents = [.. FileDocument.Read(new FolderFile("f.json", """{"apiVersion":"v1","kind":"List","items":[{"a":1},2,{"b":2}]}"""))];

        Assert.Equal(["{\"a\":1}", null, "{\"b\":2}"], documents.Select(document => document.Object?.ToJsonString()));
    }

    [Theory]
    [InlineData("{\"a\":1", "is no JSON")]
    [InlineData("{\"a\":1,\"a\":2}", "is no JSON")]
    [InlineData("{\"a\":1} {\"b\":2}", "is no JSON")]
    [InlineData("", "is no JSON")]
    [InlineData("[]", "must be an object with apiVersion, kind, metadata and spec")]
    [InlineData("null", "must be an object with apiVersion, kind, metadata and spec")]
    public void Json_that_cannot_be_used_says_so_and_quotes_nothing(string text, string message)
    {
        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile("f.json", text)));

        Assert.Equal(message, document.Unreadable!.Message);
    }

    [Theory]
    [InlineData("f.json", """{"metadata":{"name":"a\ud800"}}""", "metadata.name")]
    [InlineData("f.json", """{"spec":{"headers":["x","a\u0000b"]}}""", "spec.headers[1]")]
    [InlineData("f.json", """{"spec":{"a\udc00":1}}""", "(the document)")]
    [InlineData("f.json", """{"spec":{"a\u0000":1}}""", "spec")]
    [InlineData("f.yaml", "spec:\n  url: \"a\\0b\"\n", "spec.url")]
    public void Text_that_no_database_keeps_is_named(string file, string text, string field)
    {
        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile(file, text)));

        Assert.Equal(field, document.Unreadable!.Path);
    }

    [Fact]
    public void A_pair_of_surrogates_is_a_letter_like_any_other()
    {
        FileDocument document = Assert.Single(FileDocument.Read(new FolderFile("f.json", """{"a":"\ud83d\ude00"}""")));

        Assert.Equal("\U0001F600", ((JsonValue)document.Object!["a"]!).GetValue<string>());
    }
}
