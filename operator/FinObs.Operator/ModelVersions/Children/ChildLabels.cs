using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>How children are marked, found and owned.</summary>
internal static class ChildLabels
{
    public const string Name = "app.kubernetes.io/name";
    public const string Instance = "app.kubernetes.io/instance";
    public const string PartOf = "app.kubernetes.io/part-of";
    public const string Scorer = "finobs-scorer";
    public const string OperatorValue = "finobs";
    public const string Model = "finobs.io/model";
    public const string Version = "finobs.io/model-version";

    /// <summary>Hash of what was applied: tells a dry run whether anything would change.</summary>
    public const string AppliedHash = "finobs.io/applied-hash";

    /// <summary>What a Deployment and a Service select pods by; cannot change, so it holds only what never does.</summary>
    public static Dictionary<string, string> Selector(ModelVersion version) => new()
    {
        [Name] = Scorer,
        [Instance] = ChildName.Of(version.Metadata.Name),
    };

    public static string SelectorText(ModelVersion version) => string.Join(',', Selector(version).Select(pair => $"{pair.Key}={pair.Value}"));

    public static Dictionary<string, string> All(ModelVersion version) => new(Selector(version))
    {
        [PartOf] = "finobs",
        [WellKnown.ManagedBy] = OperatorValue,
        [Model] = version.Spec.Model,
        [Version] = version.Spec.Version,
    };

    /// <summary>Metadata of a child: it goes when its owner goes.</summary>
    public static V1ObjectMeta Metadata(ModelVersion version) => new()
    {
        Name = ChildName.Of(version.Metadata.Name),
        NamespaceProperty = version.Metadata.Namespace,
        Labels = All(version),
        OwnerReferences =
        [
            new V1OwnerReference
            {
                ApiVersion = version.ApiVersion,
                Kind = version.Kind,
                Name = version.Metadata.Name,
                Uid = version.Metadata.Uid,
                Controller = true,
                BlockOwnerDeletion = true,
            },
        ],
    };
}
