using System.Text.Json;
using System.Xml.Linq;
using FinObs.Testing;

namespace FinObs.Architecture.Tests;

/// <summary>What a .csproj says, read from its XML.</summary>
internal sealed class ProjectFile
{
    private readonly XDocument _xml;

    private ProjectFile(string path)
    {
        FullPath = path;
        _xml = XDocument.Load(path);
    }

    public static IReadOnlyList<ProjectFile> All { get; } = [.. SourceFiles.Find(".csproj").Select(path => new ProjectFile(path))];

    /// <summary>Not under tests/: what is shipped.</summary>
    public static IEnumerable<ProjectFile> Product => All.Where(project => !project.IsTest);

    public string FullPath { get; }

    public string Name => Path.GetFileNameWithoutExtension(FullPath);

    public bool IsTest => RepositoryRoot.Relative(FullPath).StartsWith("tests/", StringComparison.Ordinal);

    public string LockFile => Path.Combine(Path.GetDirectoryName(FullPath)!, "packages.lock.json");

    /// <summary>Names of the projects that this one refers to.</summary>
    public IEnumerable<string> ProjectReferences =>
        Included("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    public IEnumerable<XElement> PackageReferences => _xml.Descendants("PackageReference");

    public string Sdk => _xml.Root?.Attribute("Sdk")?.Value ?? "";

    public IEnumerable<string> Included(string item) => _xml.Descendants(item).Select(element => element.Attribute("Include")?.Value ?? "");

    /// <summary>Every package that comes along, directly or through others, as the lock file has it.</summary>
    public IReadOnlyList<string> ResolvedPackages()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(LockFile));
        return [.. document.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()).Select(package => package.Name)];
    }
}
