using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FinObs.Architecture.Tests.Slices;

/// <summary>
/// Who uses whom among the slices, as the compiler sees it: every name in the sources is bound to its symbol, so that a using, a
/// qualified name, an alias, an extension and a member of an inferred type count alike, and a property that is merely called like a
/// slice does not.
/// </summary>
internal static class SliceArrows
{
    /// <summary>One sentence for each name that reaches a later slice.</summary>
    /// <param name="compilation">The host's sources; a tree's path is relative to the host's folder.</param>
    /// <param name="order">The slices; each may use itself and those before it.</param>
    public static IEnumerable<string> Wrong(CSharpCompilation compilation, IReadOnlyList<string> order)
    {
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (SliceOf(tree) is not string from)
            {
                continue;
            }

            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot(CancellationToken.None).DescendantNodes().OfType<SimpleNameSyntax>())
            {
                string? to = SliceOf(model.GetSymbolInfo(name, CancellationToken.None).Symbol, compilation);
                if (to is not null && Rank(order, to) > Rank(order, from))
                {
                    int line = tree.GetLineSpan(name.Span, CancellationToken.None).StartLinePosition.Line + 1;
                    yield return $"{tree.FilePath}:{line} uses {name.Identifier.ValueText} of {to}, which comes after {from}: "
                        + "let the later slice register an interface of the earlier one, or send it an outbox message";
                }
            }
        }
    }

    /// <summary>Files whose namespace is not the one of their top folder.</summary>
    public static IEnumerable<string> Misplaced(CSharpCompilation compilation) =>
        from tree in compilation.SyntaxTrees
        let slice = SliceOf(tree)
        where slice is not null
        from space in tree.GetRoot(CancellationToken.None).DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        let wanted = $"{compilation.AssemblyName}.{slice}"
        where space.Name.ToString() != wanted && !space.Name.ToString().StartsWith(wanted + ".", StringComparison.Ordinal)
        select $"{tree.FilePath} declares {space.Name}: a file in {slice} belongs to {wanted}";

    // Whatever lies beside the slices (Program.cs) puts them together: no slice may use it.
    private const string Root = "the host's root";

    /// <summary>Null for a file in the root, which may use everything.</summary>
    private static string? SliceOf(SyntaxTree tree) => tree.FilePath.Split('/') is [string folder, _, ..] ? folder : null;

    private static string? SliceOf(ISymbol? symbol, CSharpCompilation compilation)
    {
        INamedTypeSymbol? type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
        if (type is null or { IsAnonymousType: true } || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
        {
            return null;
        }

        string space = type.ContainingNamespace.ToDisplayString();
        return space.StartsWith(compilation.AssemblyName + ".", StringComparison.Ordinal) ? space.Split('.')[2] : Root;
    }

    private static int Rank(IReadOnlyList<string> order, string slice)
    {
        int rank = order.TakeWhile(known => known != slice).Count();
        return slice == Root ? int.MaxValue : rank;
    }
}
