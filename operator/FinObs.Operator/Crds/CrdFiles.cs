using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;

namespace FinObs.Operator.Crds;

/// <summary>The files of <c>crds/</c>, by name.</summary>
internal static class CrdFiles
{
    /// <summary>Without an extension: <c>kubectl apply -k</c> finds it, and <c>kubectl apply -f</c> does not take it for an object.</summary>
    private const string Kustomization = "Kustomization";

    private const string Heading = "# Generated from dataplane/FinObs.Contracts/Resources by `make generate`: do not edit.\n";

    public static SortedDictionary<string, string> Generate()
    {
        XmlDocumentation documentation = XmlDocumentation.OfContracts();
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (ResourceKind kind in ResourceKinds.All)
        {
            files[$"{WellKnown.Group}_{kind.Plural}.yaml"] = Heading + YamlText.Of(CustomResourceDefinition.Of(kind, documentation));
        }

        files[Kustomization] = Heading + YamlText.Of(new JsonObject
        {
            ["apiVersion"] = "kustomize.config.k8s.io/v1beta1",
            ["kind"] = "Kustomization",
            ["resources"] = StructuralSchema.Strings(files.Keys),
        });
        return files;
    }
}
