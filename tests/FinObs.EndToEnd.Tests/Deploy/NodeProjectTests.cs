using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Deploy;

/// <summary>What is written in YAML and TypeScript has tests of its own; these run them.</summary>
public sealed class NodeProjectTests
{
    /// <summary>compose.yaml, the collector's configuration, the workflows.</summary>
    [Fact]
    public async Task Compose_collector_and_workflows_keep_to_their_rules() =>
        Assert.Contains("fail 0", await NodeTests.RunAsync("tests/deploy", TestContext.Current.CancellationToken), StringComparison.Ordinal);

    /// <summary>Type-checked, run with Pulumi's mocks, held to its policies.</summary>
    [Fact]
    public async Task Infrastructure_is_what_its_stacks_say() =>
        Assert.Contains("fail 0", await NodeTests.RunAsync("infra/pulumi", TestContext.Current.CancellationToken), StringComparison.Ordinal);
}
