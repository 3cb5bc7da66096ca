namespace FinObs.EndToEnd.Tests;

/// <summary>One test class after the other: some of them restart the API server that all share.</summary>
[CollectionDefinition(Name)]
public sealed class OneRealCluster
{
    public const string Name = "the real cluster";
}
