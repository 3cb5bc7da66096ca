using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Schema;
using k8s.Models;

namespace FinObs.Operator.Tests;

/// <summary>A kind for tests of what does not depend on the kind.</summary>
[Kind("Gadget", "gadgets", "gd")]
public sealed record Gadget : CustomResource<GadgetSpec, GadgetStatus>
{
    public override string Kind { get; init; } = "Gadget";

    /// <summary>Its CustomResourceDefinition.</summary>
    public static V1CustomResourceDefinition Definition() => new()
    {
        Metadata = new V1ObjectMeta { Name = "gadgets.finobs.io" },
        Spec = new V1CustomResourceDefinitionSpec
        {
            Group = WellKnown.Group,
            Scope = "Namespaced",
            Names = new V1CustomResourceDefinitionNames { Plural = "gadgets", Singular = "gadget", Kind = "Gadget", ListKind = "GadgetList", ShortNames = ["gd"] },
            Versions =
            [
                new V1CustomResourceDefinitionVersion
                {
                    Name = WellKnown.Version,
                    Served = true,
                    Storage = true,
                    Subresources = new V1CustomResourceSubresources
                    {
                        Status = new JsonObject(),
                        Scale = new V1CustomResourceSubresourceScale { SpecReplicasPath = ".spec.size", StatusReplicasPath = ".status.size" },
                    },
                    Schema = new V1CustomResourceValidation { OpenAPIV3Schema = Schema() },
                },
            ],
        },
    };

    private static V1JSONSchemaProps Schema() => new()
    {
        Type = "object",
        Properties = new Dictionary<string, V1JSONSchemaProps>
        {
            ["spec"] = new()
            {
                Type = "object",
                Properties = new Dictionary<string, V1JSONSchemaProps>
                {
                    ["size"] = new() { Type = "integer" },
                    ["secret"] = new() { Type = "string" },
                    ["suspend"] = new() { Type = "boolean" },
                    ["colour"] = new() { Type = "string", DefaultProperty = "grey" },
                    ["parts"] = new()
                    {
                        Type = "array",
                        XKubernetesListType = "map",
                        XKubernetesListMapKeys = ["name"],
                        Items = new V1JSONSchemaProps
                        {
                            Type = "object",
                            Required = ["name"],
                            Properties = new Dictionary<string, V1JSONSchemaProps> { ["name"] = new() { Type = "string" }, ["size"] = new() { Type = "integer" } },
                        },
                    },
                },
            },
            ["status"] = new() { Type = "object", XKubernetesPreserveUnknownFields = true },
        },
    };
}

public sealed record GadgetSpec : ResourceSpec
{
    public int Size { get; init; }

    public string? Secret { get; init; }

    public string? Colour { get; init; }

    public IReadOnlyList<GadgetPart>? Parts { get; init; }
}

public sealed record GadgetPart
{
    public required string Name { get; init; }

    public int? Size { get; init; }
}

public sealed record GadgetStatus : ResourceStatus
{
    public int? Size { get; init; }

    public string? Note { get; init; }
}
