using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Validation;

namespace FinObs.Operator.Tests.Resources;

public sealed class SampleResourcesTests
{
    public static TheoryData<string> Kinds => [.. ResourceKinds.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_has_an_example_that_is_read(string kind)
    {
        ReadResource read = ResourceReader.Read(SampleResources.Read(kind.ToLowerInvariant()));
        Assert.Empty(read.Errors);
        Assert.Equal(kind, read.Resource!.Kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_example_shows_every_field_of_its_spec_or_names_it_in_a_comment(string kind)
    {
        string text = File.ReadAllText(SampleResources.Path(kind.ToLowerInvariant()));
        HashSet<string> fields = [];
        Collect(ResourceKinds.Find(kind)!.SpecType, fields);
        Assert.All(fields, field => Assert.Matches(new Regex($@"\b{field}\b", RegexOptions.None, TimeSpan.FromSeconds(1)), text));
    }

    [Fact]
    public void Every_secret_that_an_example_refers_to_is_among_the_made_up_ones()
    {
        JsonObject secret = SampleResources.Read("secrets");
        foreach (ResourceKind kind in ResourceKinds.All)
        {
            JsonObject sample = SampleResources.Read(kind.Name.ToLowerInvariant());
            ResourceSpec spec = (ResourceSpec)sample["spec"].Deserialize(kind.SpecType, ResourceJson.Strict)!;
            Assert.All(SecretReferences.Of(spec), reference =>
            {
                Assert.Equal(secret["metadata"]!["name"]!.GetValue<string>(), reference.Name);
                Assert.True(secret["stringData"]!.AsObject().ContainsKey(reference.Key!), reference.Path);
            });
        }
    }

    private static void Collect(Type record, HashSet<string> fields)
    {
        foreach (PropertyInfo field in record.GetProperties())
        {
            fields.Add(JsonNamingPolicy.CamelCase.ConvertName(field.Name));
            Type type = field.PropertyType.IsGenericType ? field.PropertyType.GetGenericArguments()[0] : field.PropertyType;
            if (type.IsClass && type.Assembly == record.Assembly) Collect(type, fields);
        }
    }
}
