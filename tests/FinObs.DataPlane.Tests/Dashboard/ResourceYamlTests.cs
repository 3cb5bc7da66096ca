using System.Text.Json.Nodes;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Resources.Files;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>What people are shown can be pasted back: YamlDotNet reads it as what it was.</summary>
public sealed class ResourceYamlTests
{
    [Fact]
    public void Each_sample_reads_back_as_the_same_document()
    {
        JsonObject[] samples = [.. FolderFiles.Read(RepositoryRoot.Combine("samples/resources")).SelectMany(FileDocument.Read).Select(document => document.Object!)];

        Assert.True(samples.Length >= 5);
        Assert.All(samples, sample => Assert.True(JsonNode.DeepEquals(sample, ReadBack(sample)), ResourceYaml.Of(sample, text => text)));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("0.02")]
    [InlineData("1e3")]
    [InlineData("~")]
    [InlineData("")]
    [InlineData(" leading")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("- a")]
    [InlineData("{a}")]
    [InlineData("*a")]
    [InlineData("a\nb")]
    [InlineData("plain\n")]
    [InlineData("two words")]
    [InlineData("$.meta.next")]
    [InlineData("2026-01-31T12:00:00Z")]
    [InlineData("über \"alles\" \\ /")]
    public void Text_stays_text_whatever_it_looks_like(string text)
    {
        JsonObject document = new() { ["a"] = text, [text.Length == 0 ? "empty" : text] = new JsonArray(text, new JsonObject { ["b"] = text, ["c"] = new JsonArray(new JsonArray(text)) }), ["n"] = 1.5, ["t"] = true, ["x"] = null, ["o"] = new JsonObject(), ["l"] = new JsonArray() };

        Assert.True(JsonNode.DeepEquals(document, ReadBack(document)), ResourceYaml.Of(document, same => same));
    }

    [Fact]
    public void Each_text_passes_through_the_guard()
    {
        JsonObject document = new() { ["spec"] = new JsonObject { ["note"] = "secret", ["list"] = new JsonArray("secret", new JsonArray("secret", new JsonObject { ["a"] = "secret" })) } };

        Assert.DoesNotContain("secret", ResourceYaml.Of(document, _ => "clean"), StringComparison.Ordinal);
    }

    private static JsonObject? ReadBack(JsonObject document) => Assert.Single(FileDocument.Read(new FolderFile("f.yaml", ResourceYaml.Of(document, text => text)))).Object;
}
