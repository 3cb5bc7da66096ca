using System.Text.Json.Nodes;
using FinObs.Testing;

namespace FinObs.Operator.Tests.Resources;

/// <summary>The examples of <c>samples/resources</c> as JSON; a test may change its copy.</summary>
internal static class SampleResources
{
    /// <summary>The example of a kind, by its name in lower case.</summary>
    public static JsonObject Read(string kind) => YamlDocuments.Read(Path(kind)).Single();

    public static string Path(string kind) => RepositoryRoot.Combine($"samples/resources/{kind.ToLowerInvariant()}.yaml");
}
