using FinObs.Testing;

namespace FinObs.Architecture.Tests;

public sealed class ProjectFileTests
{
    /// <summary>Which product project may refer to which. A new project gets a line here, on purpose.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["FinObs.Contracts"] = [],
        ["FinObs.Scoring"] = [],
        ["FinObs.Retraining"] = ["FinObs.Contracts", "FinObs.Scoring"],
        ["FinObs.DataPlane"] = ["FinObs.Contracts", "FinObs.Scoring", "FinObs.Retraining"],
        ["FinObs.Operator"] = ["FinObs.Contracts"],
        ["FinObs.Kubectl"] = ["FinObs.Contracts"],
    };

    /// <summary>A numeric core runs anywhere: these would tie it to a host.</summary>
    private static readonly string[] NotInTheCore =
    [
        "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Microsoft.Data", "Npgsql", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging", "OpenTelemetry", "KubernetesClient", "Grpc.Net", "Grpc.AspNetCore",
    ];

    [Fact]
    public void References_between_projects_go_one_way()
    {
        string[] wrong =
        [
            .. from project in ProjectFile.Product
               from target in project.ProjectReferences
               where !Arrows.GetValueOrDefault(project.Name, []).Contains(target)
               select $"{project.Name} refers to {target}: it may refer to [{string.Join(", ", Arrows.GetValueOrDefault(project.Name, []))}] only",
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_product_project_has_its_place_among_the_arrows() =>
        Assert.Empty(ProjectFile.Product.Select(project => project.Name).Except(Arrows.Keys));

    [Fact]
    public void The_scoring_core_brings_no_web_database_injection_or_logging()
    {
        ProjectFile core = ProjectFile.All.Single(project => project.Name == "FinObs.Scoring");
        Assert.Equal("Microsoft.NET.Sdk", core.Sdk);
        Assert.Empty(core.Included("FrameworkReference"));
        Assert.DoesNotContain(core.ResolvedPackages(), package => NotInTheCore.Any(prefix => package.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void The_contracts_bring_nothing() =>
        Assert.Empty(ProjectFile.All.Single(project => project.Name == "FinObs.Contracts").PackageReferences);

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(RepositoryRoot.Combine("FinObs.sln")).Replace('\\', '/');
        Assert.All(ProjectFile.All, project => Assert.Contains($"\"{RepositoryRoot.Relative(project.FullPath)}\"", solution));
    }

    [Fact]
    public void Every_project_has_its_packages_locked() =>
        Assert.Empty(ProjectFile.All.Where(project => !File.Exists(project.LockFile)).Select(project => project.Name));

    [Fact]
    public void Package_versions_stand_in_one_file_only() =>
        Assert.Empty(
            from project in ProjectFile.All
            from package in project.PackageReferences
            where package.Attributes().Any(attribute => attribute.Name.LocalName.StartsWith("Version", StringComparison.Ordinal)) || package.Elements().Any()
            select $"{project.Name}: {package.Attribute("Include")?.Value} belongs into Directory.Packages.props");
}
