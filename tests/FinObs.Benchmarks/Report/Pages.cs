using System.Text;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.Benchmarks.Report;

/// <summary>
/// docs/benchmarks.md, whose sections are each written by one program and stand between markers: a program overwrites its own and leaves
/// the others' as they were measured.
/// </summary>
internal static class Pages
{
    /// <summary>Sections in the order in which they stand; a program with a part for each database has a section for each.</summary>
    private static readonly string[] Sections =
    [
        "core", "load", .. new[] { "told", "callbacks", "stream", "pull", "soak", "growth", "faults" }.SelectMany(program => new[] { program, Of(program, DatabaseKind.PostgreSql), Of(program, DatabaseKind.Sqlite) }),
    ];

    private const string Title = """
        # Benchmarks

        Written by the programs of `tests/FinObs.Benchmarks`: `make bench` writes the first two sections; `told`, `callbacks`, `stream`, `pull`, `soak`, `grow` and `faults` (`make bench
        BENCH_ARGS=soak` and so on) each write their own, with the machine and the time of their run. The load program is a client on the same machine: what it takes of the processors is
        missing to the server, and is said. A ratio above 1 is better than the target.


        """;

    private static string File => RepositoryRoot.Combine("docs/benchmarks.md");

    /// <summary>The section that a program writes of one database.</summary>
    public static string Of(string program, DatabaseKind kind) => $"{program} on {kind}";

    public static void Write(string section, string markdown)
    {
        string old = System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : "";
        string page = Replace(old, section, markdown);
        if (page != old)
        {
            System.IO.File.WriteAllText(File, page);
        }
    }

    /// <summary>The page with one section replaced or added.</summary>
    internal static string Replace(string page, string section, string markdown)
    {
        StringBuilder text = new(Title);
        foreach (string name in Sections)
        {
            string? body = name == section ? markdown.Trim() : BodyOf(page, name);
            if (body is not null)
            {
                text.Append($"{Begin(name)}\n{body}\n{End(name)}\n\n");
            }
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static string? BodyOf(string page, string name)
    {
        int begin = page.IndexOf(Begin(name), StringComparison.Ordinal);
        int end = page.IndexOf(End(name), StringComparison.Ordinal);
        return begin < 0 || end < begin ? null : page[(begin + Begin(name).Length)..end].Trim();
    }

    private static string Begin(string name) => $"<!-- {name} -->";

    private static string End(string name) => $"<!-- end of {name} -->";
}
