using FinObs.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FinObs.Architecture.Tests.Slices;

/// <summary>The data plane's sources, compiled in memory against the assemblies that lie beside the built one.</summary>
internal static class DataPlaneSources
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.Preview);

    public static string Folder => RepositoryRoot.Combine("dataplane/FinObs.DataPlane");

    /// <summary>Top folders that hold code.</summary>
    public static IEnumerable<string> TopFolders() =>
        SourceFiles.Under(Folder, ".cs", ".razor")
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Where(path => path.Contains('/', StringComparison.Ordinal))
            .Select(path => path.Split('/')[0])
            .Distinct();

    public static CSharpCompilation Compile()
    {
        IEnumerable<SyntaxTree> written = SourceFiles.Under(Folder, ".cs")
            .Select(path => Parse(Path.GetRelativePath(Folder, path).Replace('\\', '/'), File.ReadAllText(path)));
        return Compile([.. written, .. Generated().Select(path => Parse(Path.GetFileName(path), File.ReadAllText(path)))], References());
    }

    public static CSharpCompilation Compile(IEnumerable<SyntaxTree> trees, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(
            "FinObs.DataPlane",
            trees,
            references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, Language, path);

    /// <summary>What the build writes beside our own files: global usings, and classes of the protocol's messages.</summary>
    private static IEnumerable<string> Generated()
    {
        string target = Path.Combine(Folder, "obj", DataPlaneProcess.Assembly.Split('/')[^3], "net10.0");
        return Directory.EnumerateFiles(Path.Combine(target, "Inference"), "*.cs").Append(Path.Combine(target, "FinObs.DataPlane.GlobalUsings.g.cs"));
    }

    private static IEnumerable<MetadataReference> References()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string shared = Path.GetFullPath("../..", runtime);
        string web = Path.Combine(shared, "Microsoft.AspNetCore.App", Path.GetFileName(runtime));
        string beside = Path.GetDirectoryName(DataPlaneProcess.Assembly)!;
        return new[] { runtime, web, beside }
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.dll"))
            .Where(file => Path.GetFileName(file) != "FinObs.DataPlane.dll" && IsManaged(file))
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
