using System.Text.Json.Nodes;
using CsCheck;
using FinObs.Operator.Crds;
using FinObs.Operator.Tests.Resources;
using FinObs.Testing;

namespace FinObs.Operator.Tests.Crds;

public sealed class CrdFilesTests
{
    [Fact]
    public void The_committed_definitions_are_those_of_the_records()
    {
        string folder = RepositoryRoot.Combine("crds");
        SortedDictionary<string, string> generated = CrdFiles.Generate();
        Assert.Equal(generated.Keys, Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(generated, file => Assert.Equal(file.Value, File.ReadAllText(Path.Combine(folder, file.Key))));
    }

    [Fact]
    public void No_definition_is_too_large_for_the_annotation_that_kubectl_keeps_it_in() =>
        Assert.All(CrdFiles.Generate().Values, content => Assert.InRange(content.Length, 0, 262_144 / 2));

    [Theory]
    [InlineData("yes")]
    [InlineData("No")]
    [InlineData("on")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("0.99")]
    [InlineData("1e3")]
    [InlineData("0x1f")]
    [InlineData(".inf")]
    [InlineData("2026-01-31")]
    [InlineData("1:30")]
    public void A_text_that_reads_like_another_type_is_quoted(string text) => Assert.Equal($"text: \"{text}\"\n", YamlText.Of(new JsonObject { ["text"] = text }));

    [Fact]
    public void Any_text_is_read_back_the_same() =>
        Gen.String[Gen.OneOf(Gen.Char.AlphaNumeric, Gen.Char[" \n:#'\"{}[]&*!|>%@`,-?\\…"]), 0, 40].Sample(text =>
            (string?)YamlDocuments.Parse(new StringReader(YamlText.Of(new JsonObject { ["text"] = text }))).Single()!["text"] == text);
}
