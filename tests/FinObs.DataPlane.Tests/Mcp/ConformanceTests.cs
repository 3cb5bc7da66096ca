using System.Text.RegularExpressions;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>The official suite against this host, in each scenario that needs no tools, resources or prompts of the suite's own.</summary>
public sealed partial class ConformanceTests
{
    private const string Script = "node_modules/@modelcontextprotocol/conformance/dist/index.js";
    private static readonly NodeProject Suite = new("tests/conformance");

    /// <summary>Checks that a scenario calls failed because it misses a diagnostic tool of the suite ("Not testable"): what they look for cannot happen without one.</summary>
    private static readonly string[] NotTestable =
    [
        "sep-2575-http-server-no-independent-requests-on-stream", "sep-2575-missing-capability-http-400", "sep-2575-server-no-log-without-loglevel", "sep-2575-server-rejects-undeclared-capability",
    ];

    [Theory]
    [InlineData("2025-11-25", "server-initialize", "ping", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection")]
    [InlineData("2026-07-28", "server-stateless", "tools-list", "resources-list", "prompts-list", "sep-2164-resource-not-found", "dns-rebinding-protection", "caching")]
    public async Task The_official_suite_finds_nothing(string version, params string[] scenarios)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        using TemporaryFolder results = new();
        List<string> wrong = [];
        foreach (string scenario in scenarios)
        {
            (int code, string output) = await Suite.RunAsync(Script, "server", "--url", $"{host.Client.BaseAddress}mcp", "--scenario", scenario, "--spec-version", version, "-o", results.FullPath);
            string[] failed = [.. FailedCheck().Matches(output).Select(match => match.Groups["id"].Value).Distinct().Order(StringComparer.Ordinal)];
            bool isFine = scenario == "server-stateless" ? failed.SequenceEqual(NotTestable, StringComparer.Ordinal) : code == 0 && failed.Length == 0;
            if (!isFine || !output.Contains("SUCCESS", StringComparison.Ordinal)) wrong.Add($"{scenario} ended with {code}: {output}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Colours may stand before the word.</summary>
    [GeneratedRegex(@"\[(?<id>[a-z0-9-]+) *\] [^A-Z]*FAILURE", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex FailedCheck();
}
