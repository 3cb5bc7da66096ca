using System.Text;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Tree;

/// <summary>
/// Every checkpoint this host has published, one signed note after the other with an empty line between, in the data folder: the first copy outside of the database. Its worth as evidence begins where
/// someone other than the database's administrator keeps it.
/// </summary>
internal sealed class CheckpointFile(DataFolder folder, IDatabase database, TimeProvider? time = null)
{
    /// <summary>Enough for some 200 checkpoints.</summary>
    public const int TailBytes = 64 * 1024;
    private const string LostPart = ".lost-";
    private string? _path;

    /// <summary>One file for each database: a data folder may have served several.</summary>
    public string FullPath => _path ??= folder.File(database.Kind == DatabaseKind.Sqlite ? "audit-checkpoints.txt" : $"audit-checkpoints-{DatabaseName()}.txt");

    /// <summary>The last whole checkpoint in the file, or null. A note that a crash cut short is passed over.</summary>
    public Checkpoint? Last() => Tail(TailBytes) is [.., var last] ? last.Checkpoint : null;

    /// <summary>The checkpoints in the last bytes of the file, oldest first.</summary>
    public IReadOnlyList<PublishedCheckpoint> Tail(int bytes)
    {
        if (!File.Exists(FullPath)) return [];
        using var stream = File.OpenRead(FullPath);
        stream.Seek(-Math.Min(bytes, stream.Length), SeekOrigin.End);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. Parse(reader.ReadToEnd())];
    }

    /// <summary>Every checkpoint in the file, oldest first, without holding the file in memory.</summary>
    public IEnumerable<PublishedCheckpoint> All() => File.Exists(FullPath) ? Read(FullPath) : [];

    /// <summary>SHA-256 of the file as it is; null where there is none.</summary>
    public byte[]? Digest() => File.Exists(FullPath) ? DigestOf(FullPath) : null;

    /// <summary>Sets the file aside, under a name that says so: its checkpoints belong to a history whose loss was accepted. The next checkpoint begins a new file.</summary>
    public void Retire()
    {
        if (!File.Exists(FullPath)) return;
        var name = $"{Path.ChangeExtension(FullPath, null)}{LostPart}{(time ?? TimeProvider.System).GetUtcNow():yyyyMMdd'T'HHmmss}";
        var free = $"{name}.txt";
        for (var i = 2; File.Exists(free); i++) free = $"{name}-{i}.txt";
        File.Move(FullPath, free);
    }

    /// <summary>The checkpoints of the file that was set aside with this digest; none where it is not there any more.</summary>
    public IEnumerable<PublishedCheckpoint> Lost(byte[] digest) =>
        Directory.EnumerateFiles(folder.FullPath, $"{Path.GetFileNameWithoutExtension(FullPath)}{LostPart}*.txt")
            .Where(path => DigestOf(path).AsSpan().SequenceEqual(digest)).Take(1).SelectMany(Read);

    public void Append(AuditCheckpoint checkpoint)
    {
        using var stream = new FileStream(FullPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        // After a crash in mid-write the next note begins on a line of its own.
        var torn = stream.Length > 0 && !EndsInEmptyLine(stream);
        stream.Seek(0, SeekOrigin.End);
        stream.Write(Encoding.UTF8.GetBytes($"{(torn ? "\n\n" : "")}{checkpoint.Note}\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The checkpoints in a text of notes, in order. Pieces that are none are left out: the first of a tail, the last after a crash.</summary>
    public static IEnumerable<PublishedCheckpoint> Parse(string text)
    {
        var blocks = text.Split("\n\n");
        for (var i = 0; i + 1 < blocks.Length; i++)
        {
            if (blocks[i + 1].StartsWith('—') && TryParse($"{blocks[i].TrimStart('\n')}\n\n{blocks[i + 1].TrimEnd('\n')}\n") is { } found)
            {
                yield return found;
                i++;
            }
        }
    }

    /// <summary>A note is two blocks, each ended by an empty line: text, signature.</summary>
    private static IEnumerable<PublishedCheckpoint> Read(string path)
    {
        var block = new StringBuilder();
        string? text = null;
        foreach (var line in File.ReadLines(path, Encoding.UTF8).Append(""))
        {
            if (line.Length > 0)
            {
                block.Append(line).Append('\n');
                continue;
            }
            if (block.Length == 0) continue;
            var done = block.ToString();
            block.Clear();
            if (done.StartsWith('—') && text is not null && TryParse($"{text}\n{done}") is { } found) yield return found;
            text = done.StartsWith('—') ? null : done;
        }
    }

    private static byte[] DigestOf(string path)
    {
        using var stream = File.OpenRead(path);
        return System.Security.Cryptography.SHA256.HashData(stream);
    }

    private static bool EndsInEmptyLine(FileStream stream)
    {
        if (stream.Length < 2) return false;
        stream.Seek(-2, SeekOrigin.End);
        return stream.ReadByte() == '\n' && stream.ReadByte() == '\n';
    }

    private string DatabaseName()
    {
        using var db = database.CreateContext();
        return db.Database.GetDbConnection().Database;
    }

    private static PublishedCheckpoint? TryParse(string note)
    {
        try
        {
            return new PublishedCheckpoint(note, Checkpoint.Parse(SignedNote.Parse(note).Text));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>A checkpoint as found in a file: nothing has verified it yet.</summary>
internal sealed record PublishedCheckpoint(string Note, Checkpoint Checkpoint);
