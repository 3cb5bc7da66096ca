using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FinObs.Architecture.Tests.Slices;

public sealed class SliceOrderTests
{
    /// <summary>The slices of each host, each of which may use itself and those before it.</summary>
    private static readonly string[] DataPlane =
    [
        "Telemetry", "Storage", "Outbox", "Audit", "Pii", "Access", "Resources", "Inference", "Models", "Scorer", "Ledger", "Decisions", "Monitoring", "Approvals", "Cases", "Retention", "Rollout",
        "Experiments", "Drift", "Retraining", "Replay", "Streaming", "Callbacks", "Agents", "Transactions", "Ingestion", "Pulls", "Exports", "Operations", "Mcp", "Demo",
        "Dashboard",
    ];

    private static readonly string[] Operator =
        ["Reconciliation", "Status", "Crds", "Rbac", "DataPlane", "ModelVersions", "Policies", "DriftPolicies", "CallbackTargets", "PullSources", "ABExperiments"];

    private static readonly Lazy<CSharpCompilation> DataPlaneCompiled = new(HostSources.DataPlane.Compile);
    private static readonly Lazy<CSharpCompilation> OperatorCompiled = new(HostSources.Operator.Compile);

    [Fact]
    public void A_slice_uses_only_those_before_it()
    {
        string[] wrong = [.. SliceArrows.Wrong(DataPlaneCompiled.Value, DataPlane).Concat(SliceArrows.Wrong(OperatorCompiled.Value, Operator)).Distinct()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void A_file_declares_the_namespace_of_its_slice() =>
        Assert.Empty(SliceArrows.Misplaced(DataPlaneCompiled.Value).Concat(SliceArrows.Misplaced(OperatorCompiled.Value)));

    [Fact]
    public void Every_top_folder_of_a_host_is_a_slice()
    {
        Assert.Empty(HostSources.DataPlane.TopFolders().Except(DataPlane));
        Assert.Empty(HostSources.Operator.TopFolders().Except(Operator));
    }

    /// <summary>Otherwise the arrows would be looked for in names that bind to nothing.</summary>
    [Fact]
    public void Every_name_of_a_host_is_understood() => Assert.Empty(
        DataPlaneCompiled.Value.GetDiagnostics(TestContext.Current.CancellationToken)
            .Concat(OperatorCompiled.Value.GetDiagnostics(TestContext.Current.CancellationToken))
            .Where(diagnostic => diagnostic.Id is "CS0246" or "CS0234" or "CS0103")
            .Select(diagnostic => diagnostic.ToString()));

    [Theory]
    [InlineData("using FinObs.DataPlane.Later;", "class C { Thing? T; }")]
    [InlineData("", "class C { Later.Thing? T; }")]
    [InlineData("using T = FinObs.DataPlane.Later.Thing;", "class C { T? F; }")]
    [InlineData("using static FinObs.DataPlane.Later.Thing;", "class C { int F = Size; }")]
    [InlineData("using FinObs.DataPlane.Later;", "class C { int F = 1.Doubled(); }")]
    [InlineData("", "class C { int F = FinObs.DataPlane.Later.Thing.Size; }")]
    public void A_name_of_a_later_slice_is_found_however_it_is_written(string usings, string type)
    {
        string[] wrong = [.. SliceArrows.Wrong(Sample($"{usings}\nnamespace FinObs.DataPlane.Earlier;\n{type}"), ["Earlier", "Later"])];
        Assert.Contains(wrong, sentence => sentence.StartsWith("Earlier/C.cs:3 uses ", StringComparison.Ordinal)
            && sentence.Contains("of Later, which comes after Earlier", StringComparison.Ordinal));
    }

    [Fact]
    public void A_property_called_like_a_later_slice_is_not_one()
    {
        CSharpCompilation sample = Sample("namespace FinObs.DataPlane.Earlier; class C { string Later = \"\"; int F() => Later.Length; }");
        Assert.Empty(SliceArrows.Wrong(sample, ["Earlier", "Later"]));
    }

    [Fact]
    public void An_anonymous_type_belongs_to_no_slice() =>
        Assert.Empty(SliceArrows.Wrong(Sample("namespace FinObs.DataPlane.Earlier; class C { int F() => new { Size = 1 }.Size; }"), ["Earlier", "Later"]));

    [Fact]
    public void An_earlier_slice_may_be_used() =>
        Assert.Empty(SliceArrows.Wrong(Sample("namespace FinObs.DataPlane.Earlier; class C { Later.Thing? T; }"), ["Later", "Earlier"]));

    private static CSharpCompilation Sample(string earlier) => HostSources.Compile(
        "FinObs.DataPlane",
        [
            HostSources.Parse("Earlier/C.cs", earlier),
            HostSources.Parse(
                "Later/Thing.cs",
                "namespace FinObs.DataPlane.Later; class Thing { public const int Size = 1; } static class E { public static int Doubled(this int i) => 2 * i; }"),
        ],
        [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)]);
}
