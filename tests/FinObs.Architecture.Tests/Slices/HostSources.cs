using FinObs.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FinObs.Architecture.Tests.Slices;

/// <summary>A host's sources, compiled in memory against the assemblies that lie beside the built one.</summary>
/// <param name="Root">Its folder in the repository; the last part is its name, its assembly's and its root namespace's.</param>
internal sealed record HostSources(string Root)
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.Preview);

    public static HostSources DataPlane { get; } = new("dataplane/FinObs.DataPlane");

    public static HostSources Operator { get; } = new("operator/FinObs.Operator");

    private string Name => Path.GetFileName(Root);

    private string Folder => RepositoryRoot.Combine(Root);

    /// <summary>Of the configuration that the tests themselves were built in.</summary>
    private static string Configuration => DataPlaneProcess.Assembly.Split('/')[^3];

    /// <summary>Top folders that hold code.</summary>
    public IEnumerable<string> TopFolders() =>
        SourceFiles.Under(Folder, ".cs", ".razor")
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Where(path => path.Contains('/', StringComparison.Ordinal))
            .Select(path => path.Split('/')[0])
            .Distinct();

    public CSharpCompilation Compile()
    {
        IEnumerable<SyntaxTree> written = SourceFiles.Under(Folder, ".cs")
            .Select(path => Parse(Path.GetRelativePath(Folder, path).Replace('\\', '/'), File.ReadAllText(path)));
        return Compile(Name, [.. written, .. Generated().Select(path => Parse(Path.GetFileName(path), File.ReadAllText(path)))], References());
    }

    public static CSharpCompilation Compile(string name, IEnumerable<SyntaxTree> trees, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(
            name,
            trees,
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, Language, path);

    /// <summary>What the build writes beside our own files: global usings, and classes of the protocol's messages.</summary>
    private IEnumerable<string> Generated()
    {
        string target = Path.Combine(Folder, "obj", Configuration, "net10.0");
        string messages = Path.Combine(target, "Inference");
        return (Directory.Exists(messages) ? Directory.EnumerateFiles(messages, "*.cs") : []).Append(Path.Combine(target, $"{Name}.GlobalUsings.g.cs"));
    }

    private IEnumerable<MetadataReference> References()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string shared = Path.GetFullPath("../..", runtime);
        string web = Path.Combine(shared, "Microsoft.AspNetCore.App", Path.GetFileName(runtime));
        string beside = Path.Combine(Folder, "bin", Configuration, "net10.0");
        return new[] { runtime, web, beside }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll"))
            .Where(file => Path.GetFileName(file) != $"{Name}.dll" && IsManaged(file))
            .DistinctBy(Path.GetFileName)
            .Select(file => MetadataReference.CreateFromFile(file));
    }

    private static bool IsManaged(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using System.Reflection.PortableExecutable.PEReader reader = new(stream);
        return reader.HasMetadata;
    }
}
