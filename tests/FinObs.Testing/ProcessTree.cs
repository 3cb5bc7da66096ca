using System.Globalization;

namespace FinObs.Testing;

/// <summary>Which processes there are, from <c>/proc</c> (Linux only; empty elsewhere).</summary>
public static class ProcessTree
{
    /// <summary>A process and what it has used of the processors.</summary>
    /// <param name="Id">Process id.</param>
    /// <param name="Name">Of its program, at most 15 characters.</param>
    /// <param name="ParentId">Process id of its parent.</param>
    /// <param name="Ticks">User and system time of itself, in hundredths of a second.</param>
    /// <param name="TicksOfTheDead">The same of its children that have ended.</param>
    public readonly record struct Entry(int Id, string Name, int ParentId, long Ticks, long TicksOfTheDead);

    /// <summary>The children of a process that live now, oldest id first.</summary>
    public static IReadOnlyList<Entry> ChildrenOf(int parent) => [.. All().Where(entry => entry.ParentId == parent).OrderBy(entry => entry.Id)];

    /// <summary>One process; null when it is gone.</summary>
    public static Entry? Find(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IEnumerable<Entry> All()
    {
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Find(id) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>proc(5): <c>pid (comm) state ppid …</c>; the name may hold spaces and brackets, so it ends at the last one.</summary>
    private static Entry Parse(string stat)
    {
        (int open, int close) = (stat.IndexOf('(', StringComparison.Ordinal), stat.LastIndexOf(')'));
        string[] rest = stat[(close + 2)..].Split(' ');
        long Number(int field) => long.Parse(rest[field - 3], CultureInfo.InvariantCulture);
        return new Entry(
            int.Parse(stat.AsSpan(0, open - 1), CultureInfo.InvariantCulture), stat[(open + 1)..close], (int)Number(4), Number(14) + Number(15), Number(16) + Number(17));
    }
}
