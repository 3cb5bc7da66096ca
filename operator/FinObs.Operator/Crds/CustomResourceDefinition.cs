using System.Reflection;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Operator.Crds;

/// <summary>The custom resource definition (apiextensions.k8s.io/v1) of a kind, in the order in which people read it.</summary>
internal static class CustomResourceDefinition
{
    /// <summary>Everything of ours: <c>kubectl get finobs</c>.</summary>
    private const string Category = "finobs";

    public static JsonObject Of(ResourceKind kind, XmlDocumentation documentation) => new()
    {
        ["apiVersion"] = "apiextensions.k8s.io/v1",
        ["kind"] = "CustomResourceDefinition",
        ["metadata"] = new JsonObject
        {
            ["name"] = $"{kind.Plural}.{WellKnown.Group}",
            ["labels"] = new JsonObject { ["app.kubernetes.io/part-of"] = "finobs" },
        },
        ["spec"] = new JsonObject
        {
            ["group"] = WellKnown.Group,
            ["scope"] = "Namespaced",
            ["names"] = new JsonObject
            {
                ["kind"] = kind.Name,
                ["listKind"] = $"{kind.Name}List",
                ["plural"] = kind.Plural,
                ["singular"] = kind.Name.ToLowerInvariant(),
                ["shortNames"] = StructuralSchema.Strings([kind.ShortName]),
                ["categories"] = StructuralSchema.Strings([Category]),
            },
            ["versions"] = new JsonArray(VersionOf(kind, documentation)),
        },
    };

    private static JsonObject VersionOf(ResourceKind kind, XmlDocumentation documentation)
    {
        JsonObject version = new()
        {
            ["name"] = WellKnown.Version,
            ["served"] = true,
            ["storage"] = true,
            ["additionalPrinterColumns"] = new JsonArray([.. kind.Type.GetCustomAttributes<PrinterColumnAttribute>().Select(ColumnOf)]),
        };
        if (kind.Type.GetCustomAttributes<SelectableFieldAttribute>().ToArray() is { Length: > 0 } fields)
        {
            version["selectableFields"] = new JsonArray([.. fields.Select(field => new JsonObject { ["jsonPath"] = field.JsonPath })]);
        }

        version["subresources"] = SubresourcesOf(kind);
        version["schema"] = new JsonObject { ["openAPIV3Schema"] = SchemaOf(kind, documentation) };
        return version;
    }

    private static JsonObject ColumnOf(PrinterColumnAttribute column)
    {
        JsonObject written = new() { ["name"] = column.Name, ["type"] = column.Type };
        if (column.Description is not null)
        {
            written["description"] = column.Description;
        }

        if (column.Wide)
        {
            written["priority"] = 1;
        }

        written["jsonPath"] = column.JsonPath;
        return written;
    }

    private static JsonObject SubresourcesOf(ResourceKind kind)
    {
        JsonObject subresources = new() { ["status"] = new JsonObject() };
        if (kind.Type.GetCustomAttribute<ScaleAttribute>() is { } scale)
        {
            subresources["scale"] = new JsonObject
            {
                ["specReplicasPath"] = scale.SpecReplicasPath,
                ["statusReplicasPath"] = scale.StatusReplicasPath,
                ["labelSelectorPath"] = scale.LabelSelectorPath,
            };
        }

        return subresources;
    }

    private static JsonObject SchemaOf(ResourceKind kind, XmlDocumentation documentation)
    {
        JsonObject status = new StructuralSchema(documentation, hasDefaults: false).OfRecord(kind.StatusType, documentation.Of(kind.StatusType));

        // "Nobody has looked yet" can be told from "up to date" from the first moment (kstatus).
        status.Insert(2, "default", new JsonObject { ["observedGeneration"] = -1 });
        JsonObject schema = new()
        {
            ["description"] = documentation.Of(kind.Type),
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = Text("Group and version of the schema that the object is written in."),
                ["kind"] = Text("The kind of the object."),
                ["metadata"] = new JsonObject
                {
                    ["type"] = "object",

                    // The server holds names to this anyway; said here, rules about names have a cost that can be estimated.
                    ["properties"] = new JsonObject { ["name"] = new JsonObject { ["type"] = "string", ["maxLength"] = 253 } },
                },
                ["spec"] = new StructuralSchema(documentation, hasDefaults: true).OfRecord(kind.SpecType, documentation.Of(kind.SpecType)),
                ["status"] = status,
            },
            ["required"] = StructuralSchema.Strings(["spec"]),
        };
        StructuralSchema.AddRules(schema, kind.Type.GetCustomAttributes<RuleAttribute>());
        return schema;
    }

    private static JsonObject Text(string description) => new() { ["description"] = description, ["type"] = "string" };
}
