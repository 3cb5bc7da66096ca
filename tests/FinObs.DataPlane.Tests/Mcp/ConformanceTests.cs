using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>The official suite against this host, in each scenario that needs no tools, resources or prompts of the suite's own.</summary>
public sealed class ConformanceTests
{
    private static readonly NodeProject Suite = new("tests/conformance");

    [Theory]
    [InlineData("2025-11-25", "server-initialize", "ping", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection", "server-sse-multiple-streams")]
    [InlineData("2026-07-28", "server-stateless", "tools-list", "resources-list", "prompts-list", "sep-2164-resource-not-found", "dns-rebinding-protection", "caching")]
    public async Task The_official_suite_finds_nothing(string version, params string[] scenarios)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        using TemporaryFolder results = new();
        List<string> wrong = [];
        foreach (string scenario in scenarios)
        {
            (int code, string output) = await Suite.RunAsync(
                "node_modules/@modelcontextprotocol/conformance/dist/index.js", "server", "--url", $"{host.Client.BaseAddress}mcp", "--scenario", scenario, "--spec-version", version, "-o", results.FullPath);
            if (code != 0 || !output.Contains("Passed", StringComparison.OrdinalIgnoreCase)) wrong.Add($"{scenario}: {output}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
