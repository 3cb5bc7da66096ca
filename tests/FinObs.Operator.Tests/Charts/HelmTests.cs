using System.Diagnostics;
using FinObs.Testing;

namespace FinObs.Operator.Tests.Charts;

/// <summary>The charts as Helm renders them. Skipped, visibly, where there is no <c>helm</c> (FINOBS_TEST_HELM or the PATH).</summary>
public sealed class HelmTests
{
    private static readonly string Chart = RepositoryRoot.Combine("charts/finobs");

    [Theory]
    [InlineData("charts/finobs")]
    [InlineData("charts/finobs-crds")]
    public async Task Lint_finds_nothing_to_complain_of(string chart)
    {
        (int code, string output) = await HelmAsync("lint", "--strict", RepositoryRoot.Combine(chart));
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task In_named_namespaces_there_is_a_Role_in_each_and_no_ClusterRole()
    {
        (int code, string output) = await TemplateAsync("--set", "operator.watchNamespaces={one,two}");
        Assert.True(code == 0, output);
        Assert.DoesNotContain("kind: ClusterRole", output, StringComparison.Ordinal);
        Assert.Contains("namespace: one", output, StringComparison.Ordinal);
        Assert.Contains("namespace: two", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operator.replica=3", "replica")]
    [InlineData("image.pullPolicy=Sometimes", "pullPolicy")]
    [InlineData("access.issuer=http://insecure.example", "issuer")]
    [InlineData("dataPlane.replicas=2", "set database.existingSecret")]
    public async Task A_value_that_cannot_be_is_refused_by_name(string value, string says)
    {
        (int code, string output) = await TemplateAsync("--set", value);
        Assert.NotEqual(0, code);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_pod_keeps_to_the_restricted_Pod_Security_Standard()
    {
        (int code, string output) = await TemplateAsync("--set", "dataPlane.replicas=3,database.existingSecret=pg,database.ownerKey=owner,auditKeys.existingSecret=keys");
        Assert.True(code == 0, output);
        int containers = Count(output, "allowPrivilegeEscalation: false");
        Assert.Equal(3, containers); // operator, data plane and its migration
        Assert.Equal((containers, containers), (Count(output, "readOnlyRootFilesystem: true"), Count(output, "drop: [ALL]") + Count(output, "- ALL")));
        Assert.Equal((2, 2), (Count(output, "runAsNonRoot: true"), Count(output, "type: RuntimeDefault")));
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static Task<(int Code, string Output)> TemplateAsync(params string[] arguments) =>
        HelmAsync(["template", "finobs", Chart, "--namespace", "finobs-system", "--kube-version", "1.36.0", .. arguments]);

    private static async Task<(int Code, string Output)> HelmAsync(params string[] arguments)
    {
        string? helm = Environment.GetEnvironmentVariable("FINOBS_TEST_HELM") is { Length: > 0 } named
            ? named
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "helm")).FirstOrDefault(File.Exists);
        if (helm is null) Assert.Skip("No helm for the tests: install it, or name it by FINOBS_TEST_HELM.");
        ProcessStartInfo start = new(helm, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        string[] output = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, string.Concat(output));
    }
}
