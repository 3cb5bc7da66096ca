using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FinObs.Contracts.Resources;

namespace FinObs.Operator.Crds;

/// <summary>Summaries from the file that the compiler writes beside FinObs.Contracts: the one source of every description.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, XElement> _summaries;

    private XmlDocumentation(XDocument file) => _summaries = file.Descendants("member")
        .Where(member => member.Element("summary") is not null)
        .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!);

    public static XmlDocumentation OfContracts() =>
        new(XDocument.Load(Path.ChangeExtension(typeof(CustomResource).Assembly.Location, ".xml"), LoadOptions.PreserveWhitespace));

    public string Of(Type type) => Summary($"T:{type.FullName}");

    public string Of(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    public string Of(FieldInfo field) => Summary($"F:{field.DeclaringType!.FullName}.{field.Name}");

    private string Summary(string member) => _summaries.TryGetValue(member, out XElement? summary)
        ? Spaces().Replace(string.Concat(summary.Nodes().Select(PlainText)), " ").Trim()
        : throw new InvalidOperationException($"{member} has no <summary>: what it says is the description in the custom resource definition.");

    private static string PlainText(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see when see.Attribute("cref") is { } reference => NameOf(reference.Value),
        XElement element => string.Concat(element.Nodes().Select(PlainText)),
        _ => "",
    };

    /// <summary>Fields are known by their names in YAML.</summary>
    private static string NameOf(string reference)
    {
        string name = reference[(reference.LastIndexOf('.') + 1)..];
        return reference.StartsWith("P:", StringComparison.Ordinal) ? JsonNamingPolicy.CamelCase.ConvertName(name) : name;
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();
}
