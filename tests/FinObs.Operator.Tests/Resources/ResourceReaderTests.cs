using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.Validation;

namespace FinObs.Operator.Tests.Resources;

public sealed class ResourceReaderTests
{
    [Theory]
    [InlineData("v1", "must be finobs.io/v1alpha1, not v1")]
    [InlineData(null, "must be finobs.io/v1alpha1")]
    public void An_object_of_another_group_is_refused(string? apiVersion, string message) =>
        Assert.Equal(new FieldError("apiVersion", message), Assert.Single(Changed("apiVersion", apiVersion).Errors));

    [Fact]
    public void An_object_of_an_unknown_kind_is_told_the_kinds() =>
        Assert.Equal(
            new FieldError("kind", "must be one of ModelVersion, CallbackTarget, PullSource, DriftPolicy, ABExperiment, not Modelversion"),
            Assert.Single(Changed("kind", "Modelversion").Errors));

    [Theory]
    [InlineData("Card")]
    [InlineData("card_fraud")]
    [InlineData("")]
    [InlineData("-card")]
    public void A_name_that_Kubernetes_would_not_take_is_refused(string name) =>
        Assert.Contains(Changed("metadata.name", name).Errors, error => error.Path == "metadata.name" && error.Message.StartsWith("must be a DNS name", StringComparison.Ordinal));

    [Fact]
    public void A_status_in_the_file_is_passed_over() => Assert.Empty(Changed("status", new JsonObject { ["anything"] = 1 }).Errors);

    [Fact]
    public void A_field_that_stands_twice_is_an_error() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ModelRef>("""{"model":"a","model":"b"}""", ResourceJson.Strict));

    [Fact]
    public void All_bounds_and_rules_that_are_broken_are_told_at_once()
    {
        JsonObject document = SampleResources.Read("modelversion");
        BadChange.Set(document, "spec.serving.replicas", 1000);
        BadChange.Set(document, "spec.decision.reviewAt", "0.9999");
        BadChange.Set(document, "metadata.name", "other");
        Assert.Equal(["spec.decision.blockAt", "spec.serving.replicas", "metadata.name"], ResourceReader.Read(document).Errors.Select(error => error.Path));
    }

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        foreach (ResourceKind kind in ResourceKinds.All)
        {
            JsonObject sample = SampleResources.Read(kind.Name.ToLowerInvariant());
            CustomResource resource = ResourceReader.Read(sample).Resource!;
            JsonNode written = JsonSerializer.SerializeToNode(resource, kind.Type, ResourceJson.Strict)!;
            JsonNode again = JsonSerializer.SerializeToNode(ResourceReader.Read(written.AsObject()).Resource!, kind.Type, ResourceJson.Strict)!;
            Assert.True(JsonNode.DeepEquals(written, again), kind.Name);
        }
    }

    [Fact]
    public void Whatever_has_the_form_of_a_number_has_a_value() =>
        Gen.Select(Gen.Bool, Gen.Long[0, 9_999_999_999_999_999], Gen.Char['0', '9'].Array[0, 28]).Sample((isNegative, whole, fraction) =>
        {
            string text = $"{(isNegative ? "-" : "")}{whole}{(fraction.Length == 0 ? "" : ".")}{new string(fraction)}";
            decimal read = JsonSerializer.Deserialize<decimal>($"\"{text}\"", ResourceJson.Strict);
            string written = JsonSerializer.Serialize(read, ResourceJson.Strict);
            return JsonSerializer.Deserialize<decimal>(written, ResourceJson.Strict) == read;
        });

    [Fact]
    public void A_text_is_as_long_as_its_characters_not_as_its_code_units()
    {
        string hypothesis = string.Concat(Enumerable.Repeat("💶", 1024));
        Assert.Empty(ResourceReader.Read(Experiment(document => BadChange.Set(document, "spec.hypothesis", hypothesis))).Errors);
        Assert.NotEmpty(ResourceReader.Read(Experiment(document => BadChange.Set(document, "spec.hypothesis", hypothesis + "!"))).Errors);
    }

    [Fact]
    public void Arms_in_another_order_are_the_same_arms()
    {
        JsonObject running = Experiment(document => BadChange.Set(document, "spec.state", "Running"));
        JsonObject turned = running.DeepClone().AsObject();
        JsonArray arms = turned["spec"]!["arms"]!.AsArray();
        JsonNode first = arms[0]!;
        arms.RemoveAt(0);
        arms.Add(first);
        Assert.Empty(ResourceReader.Read(turned, ResourceReader.Read(running).Resource).Errors);
    }

    [Fact]
    public void Defaults_are_those_of_the_records()
    {
        ModelVersion version = (ModelVersion)ResourceReader.Read(new JsonObject
        {
            ["apiVersion"] = "finobs.io/v1alpha1",
            ["kind"] = "ModelVersion",
            ["metadata"] = new JsonObject { ["name"] = "a-1.0.0" },
            ["spec"] = new JsonObject
            {
                ["model"] = "a",
                ["version"] = "1.0.0",
                ["artifact"] = new JsonObject { ["uri"] = "https://models.example.com/a", ["digest"] = "sha256:" + new string('0', 64) },
            },
        }).Resource!;
        Assert.Equal((ModelStage.Shadow, 2, Duration.Seconds(15)), (version.Spec.Stage, version.Spec.Serving.Replicas, version.Spec.Serving.DrainPeriod));
    }

    [Fact]
    public void A_kind_is_found_by_each_of_its_names() =>
        Assert.All(["ABExperiment", "abexperiments", "abx", "ABX"], name => Assert.Equal(typeof(ABExperiment), ResourceKinds.Find(name)?.Type));

    private static ReadResource Changed(string path, JsonNode? value)
    {
        JsonObject document = SampleResources.Read("modelversion");
        BadChange.Set(document, path, value);
        return ResourceReader.Read(document);
    }

    private static JsonObject Experiment(Action<JsonObject> change)
    {
        JsonObject document = SampleResources.Read("abexperiment");
        change(document);
        return document;
    }
}
