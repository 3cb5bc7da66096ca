using System.CommandLine;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Tree;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>
/// <c>verify FILE [--key VKEY] [--checkpoint FILE]</c> checks an export without server or database; <c>verify --database</c> checks the configured database. Exit code 0: all is as signed;
/// 1: something lied; 2: it could not be checked, or not all of it.
/// </summary>
internal static class VerifyCommand
{
    /// <param name="services">Builds the services for <c>--database</c> from the arguments that this command does not know, e.g. <c>--ConnectionStrings:FinObs …</c>.</param>
    public static Command Create(Func<string[], IServiceProvider> services)
    {
        var file = new Argument<FileInfo?>("file") { Description = "An export of GET /v1/audit/export, or a file of GET /v1/transactions/{id}/evidence.", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string?>("--key") { Description = "The log's public key (name+id+key) from a source you trust; without it the one in the data is used." };
        var checkpoint = new Option<FileInfo[]>("--checkpoint") { Description = "A file of checkpoints that were kept elsewhere; the tree must agree with them.", AllowMultipleArgumentsPerToken = true };
        var database = new Option<bool>("--database") { Description = "Check the configured database, all of it, instead of a file." };
        var command = new Command("verify", "Checks the audit log, and says which leaf, row or byte lied.") { file, key, checkpoint, database };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, pinnedText) = (parsed.InvocationConfiguration.Output, parsed.GetValue(key));
            try
            {
                var pinned = pinnedText is null ? null : NoteVerifier.Parse(pinnedText);
                List<PublishedCheckpoint> anchors = [.. (parsed.GetValue(checkpoint) ?? []).SelectMany(Anchors)];
                var report = parsed.GetValue(database)
                    ? await services([.. parsed.UnmatchedTokens]).GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned, anchors, cancellationToken)
                    : VerifyFile(parsed.GetValue(file), pinned, anchors);
                await report.WriteAsync(output, pinned is not null);
                return report.ExitCode;
            }
            catch (Exception e) when (e is IOException or InvalidDataException or FormatException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return 2;
            }
        });
        return command;
    }

    private static VerificationReport VerifyFile(FileInfo? file, NoteVerifier? pinned, List<PublishedCheckpoint> anchors)
    {
        if (file is null) throw new FormatException("Name the file to check, or --database.");
        using var stream = file.OpenRead();
        return IsEvidence(stream) ? EvidenceVerifier.Verify(stream, pinned, anchors) : ExportVerifier.Verify(stream, pinned, anchors);
    }

    /// <summary>By the format that its first bytes name.</summary>
    private static bool IsEvidence(FileStream stream)
    {
        byte[] start = new byte[4096];
        int read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return start.AsSpan(0, read).IndexOf(System.Text.Encoding.ASCII.GetBytes($"\"format\":\"{EvidenceFormat.Name}\"")) >= 0;
    }

    private static List<PublishedCheckpoint> Anchors(FileInfo file)
    {
        List<PublishedCheckpoint> found = [.. CheckpointFile.Parse(File.ReadAllText(file.FullName))];
        return found.Count > 0 ? found : throw new FormatException($"{file.FullName} holds no checkpoint.");
    }
}
