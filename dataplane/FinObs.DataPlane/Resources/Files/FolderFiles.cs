using System.IO.Enumeration;
using System.Text;
using FinObs.Contracts.Resources.Validation;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>A file of the folder: its text, or why it has none.</summary>
/// <param name="Path">Relative to the folder.</param>
/// <param name="Text">What is in it; empty where it cannot be read.</param>
internal sealed record FolderFile(string Path, string Text)
{
    /// <summary>Why it cannot be read.</summary>
    public FieldError? Unreadable { get; init; }

    /// <summary>Where in it, from 1.</summary>
    public int UnreadableLine { get; init; } = 1;
}

/// <summary>
/// Reads the files of a folder and of those below it. Hidden ones are passed over: a mounted ConfigMap has each file twice, once in a hidden folder. Links to
/// files are followed, links to folders are not: what they lead to would be read twice, or without end.
/// </summary>
internal static class FolderFiles
{
    private const int MostFiles = 2_000;
    private const int LargestFile = 4 << 20;
    private const int DeepestFolder = 16;
    private const string WholeFile = "(the file)";
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>In the order of their paths.</summary>
    /// <exception cref="IOException">The folder as a whole cannot be read.</exception>
    public static IReadOnlyList<FolderFile> Read(string folder)
    {
        string[] files = [.. Enumerate(folder).Take(MostFiles + 1)];
        return files.Length <= MostFiles
            ? [.. files.Select(file => Read(folder, file)).OrderBy(file => file.Path, StringComparer.Ordinal)]
            : throw new IOException($"it has more than {MostFiles:N0} files");
    }

    private static FileSystemEnumerable<string> Enumerate(string folder)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, MaxRecursionDepth = DeepestFolder, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };
        return new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && !IsHidden(entry.FileName) && IsOurs(entry.FileName),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !IsHidden(entry.FileName) && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
    }

    private static bool IsHidden(ReadOnlySpan<char> name) => name.StartsWith('.');

    private static bool IsOurs(ReadOnlySpan<char> name)
    {
        foreach (string extension in Extensions)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One that cannot be read does not hide the others.</summary>
    public static FolderFile Read(string folder, string file)
    {
        FolderFile unread = new(Path.GetRelativePath(folder, file).Replace('\\', '/'), "");
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Bytes(stream) is { } bytes ? Decode(unread, bytes) : unread with { Unreadable = new FieldError(WholeFile, $"has more than {LargestFile:N0} bytes: divide it") };
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return unread with { Unreadable = new FieldError(WholeFile, "is a link that leads nowhere, or went away just now") };
        }
        catch (UnauthorizedAccessException)
        {
            return unread with { Unreadable = new FieldError(WholeFile, "may not be read by this process: give it the permission") };
        }
        catch (IOException)
        {
            return unread with { Unreadable = new FieldError(WholeFile, "cannot be read; it is tried again") };
        }
    }

    /// <summary>Null where there are too many. A file's length is not asked for: a device has none and never ends.</summary>
    private static byte[]? Bytes(FileStream stream)
    {
        using MemoryStream bytes = new();
        byte[] buffer = new byte[16_384];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > LargestFile)
            {
                return null;
            }
        }

        return bytes.ToArray();
    }

    private static FolderFile Decode(FolderFile unread, byte[] bytes)
    {
        try
        {
            int nul = Array.IndexOf(bytes, (byte)0);
            return nul < 0
                ? unread with { Text = Utf8.GetString(bytes).TrimStart('\uFEFF') }
                : unread with { Unreadable = new FieldError(WholeFile, "holds a NUL, which is no text: save it as UTF-8"), UnreadableLine = LineAt(bytes, nul) };
        }
        catch (DecoderFallbackException exception)
        {
            return unread with { Unreadable = new FieldError(WholeFile, "is not UTF-8: save it as UTF-8"), UnreadableLine = LineAt(bytes, exception.Index) };
        }
    }

    private static int LineAt(byte[] bytes, int index) => 1 + bytes.AsSpan(0, Math.Clamp(index, 0, bytes.Length)).Count((byte)'\n');
}
