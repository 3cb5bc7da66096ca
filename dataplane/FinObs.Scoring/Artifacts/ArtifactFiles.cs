using System.IO.Compression;

namespace FinObs.Scoring.Artifacts;

/// <summary>Bounds on what an artifact may make this process read.</summary>
/// <param name="ManifestBytes">Largest <c>manifest.json</c>.</param>
/// <param name="ModelBytes">Largest <c>model.onnx</c>, unpacked.</param>
public sealed record ArtifactLimits(long ManifestBytes, long ModelBytes)
{
    /// <summary>16 MB and 256 MB: an ensemble of 256 trees of 1,024 rows takes 0.5 MB and 10 MB.</summary>
    public static ArtifactLimits Default { get; } = new(16L << 20, 256L << 20);
}

/// <summary>Gets the two files out of a folder or a zip. Only these two names are ever opened, and nothing is unpacked to disk.</summary>
internal static class ArtifactFiles
{
    private static readonly DateTimeOffset ZipEpoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static (byte[] Manifest, byte[] Model) Read(string path, ArtifactLimits limits)
    {
        if (Directory.Exists(path))
        {
            return (
                ReadFile(Path.Combine(path, ModelArtifact.ManifestFile), ArtifactProblem.MissingManifest, limits.ManifestBytes),
                ReadFile(Path.Combine(path, ModelArtifact.ModelFile), ArtifactProblem.MissingModel, limits.ModelBytes));
        }

        if (!File.Exists(path))
        {
            throw new ArtifactException(ArtifactProblem.NotFound, $"There is no artifact at {path}; give a folder with {ModelArtifact.ManifestFile} and {ModelArtifact.ModelFile}, or a zip of them.");
        }

        using FileStream zip = File.OpenRead(path);
        return ReadZip(zip, limits);
    }

    public static (byte[] Manifest, byte[] Model) ReadZip(Stream zip, ArtifactLimits limits)
    {
        try
        {
            using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                CheckName(entry.FullName);
            }

            return (
                ReadEntry(archive, ModelArtifact.ManifestFile, ArtifactProblem.MissingManifest, limits.ManifestBytes),
                ReadEntry(archive, ModelArtifact.ModelFile, ArtifactProblem.MissingModel, limits.ModelBytes));
        }
        catch (InvalidDataException e)
        {
            throw new ArtifactException(ArtifactProblem.UnreadableArchive, "The artifact is not a readable zip (cut short or damaged); fetch or pack it again.", e);
        }
    }

    public static byte[] WriteZip(byte[] manifest, byte[] model)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, ModelArtifact.ManifestFile, manifest);
            Add(archive, ModelArtifact.ModelFile, model);
        }

        return zip.ToArray();
    }

    private static void Add(ZipArchive archive, string name, byte[] bytes)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name);
        entry.LastWriteTime = ZipEpoch;
        using Stream stream = entry.Open();
        stream.Write(bytes);
    }

    private static byte[] ReadFile(string path, ArtifactProblem missing, long limit)
    {
        if (!File.Exists(path))
        {
            throw new ArtifactException(missing, $"{Path.GetFileName(path)} is missing; an artifact is {ModelArtifact.ManifestFile} and {ModelArtifact.ModelFile}.");
        }

        using FileStream file = File.OpenRead(path);
        return ReadAll(file, Path.GetFileName(path), limit);
    }

    private static byte[] ReadEntry(ZipArchive archive, string name, ArtifactProblem missing, long limit)
    {
        ZipArchiveEntry[] entries = [.. archive.Entries.Where(entry => entry.FullName == name)];
        if (entries.Length != 1)
        {
            throw entries.Length == 0
                ? new ArtifactException(missing, $"{name} is missing at the root of the zip; pack the two files without a folder around them.")
                : new ArtifactException(ArtifactProblem.UnreadableArchive, $"{name} is in the zip {entries.Length} times; pack it once.");
        }

        using Stream stream = entries[0].Open();
        return ReadAll(stream, name, limit);
    }

    /// <summary>Counts what is really read: the length that a zip declares may be a lie.</summary>
    private static byte[] ReadAll(Stream stream, string name, long limit)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[81_920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            if (bytes.Length + read > limit)
            {
                throw new ArtifactException(ArtifactProblem.Oversized, $"{name} is larger than {limit:N0} bytes; export a smaller model or raise the limit.");
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }

    private static void CheckName(string name)
    {
        if (Path.IsPathRooted(name) || name.Contains('\\') || name.Split('/').Contains("..") || name.Contains(':'))
        {
            throw new ArtifactException(ArtifactProblem.UnreadableArchive, "The zip has an entry with an absolute or upward path; pack the two files only.");
        }
    }
}
