using FinObs.Testing;

namespace FinObs.Architecture.Tests;

public sealed class SourceFileTests
{
    private const int MostLines = 500;

    // In halves, or this file would be marked itself.
    private static readonly string[] Marks = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];

    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        string[] tooLong =
        [
            .. SourceFiles.Find(".cs", ".razor")
                .Select(path => (Path: path, Lines: File.ReadLines(path).Count()))
                .Where(file => file.Lines > MostLines)
                .Select(file => $"{RepositoryRoot.Relative(file.Path)} has {file.Lines} lines: what would a reader call its two halves?"),
        ];
        Assert.True(tooLong.Length == 0, string.Join('\n', tooLong));
    }

    [Fact]
    public void Nothing_is_marked_unfinished()
    {
        List<string> marks = [];
        foreach (string path in SourceFiles.Find(".cs", ".razor", ".csproj", ".proto"))
        {
            string[] lines = File.ReadAllLines(path);
            marks.AddRange(
                from i in Enumerable.Range(0, lines.Length)
                where Marks.Any(mark => lines[i].Contains(mark, StringComparison.Ordinal))
                select $"{RepositoryRoot.Relative(path)}:{i + 1} is marked unfinished: finish it, or open an issue and drop the mark");
        }

        Assert.True(marks.Count == 0, string.Join('\n', marks));
    }
}
