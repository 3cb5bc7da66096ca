using System.CommandLine;
using FinObs.DataPlane.Audit.Notes;

namespace FinObs.DataPlane.Exports.Verification;

/// <summary><c>verify-export FILE --manifest FILE --key VKEY</c>: checks an export without server or database. Exit code 0: it is the file that was signed; 1: it is not; 2: it could not be checked.</summary>
internal static class VerifyExportCommand
{
    public static Command Create()
    {
        Argument<FileInfo> file = new("file") { Description = "The file of GET /v1/exports/{id}/content." };
        Option<FileInfo> manifest = new("--manifest") { Description = "The file of GET /v1/exports/{id}/manifest.", Required = true };
        Option<string> key = new("--key") { Description = "The log's public key (name+id+key, GET /v1/audit/key) from a source you trust.", Required = true };
        Command command = new("verify-export", "Checks an export's file against its signed manifest.") { file, manifest, key };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            try
            {
                string text = await File.ReadAllTextAsync(parsed.GetRequiredValue(manifest).FullName, cancellationToken);
                NoteVerifier verifier = NoteVerifier.Parse(parsed.GetRequiredValue(key));
                await using FileStream stream = parsed.GetRequiredValue(file).OpenRead();
                ExportManifest opened = ExportManifest.Open(text, verifier);
                string? difference = await opened.CompareAsync(stream, cancellationToken);
                await output.WriteLineAsync(difference is null ? $"VERIFIED: export {opened.Id}, {opened.Rows} rows." : $"NOT TRUE: {difference}");
                return difference is null ? 0 : 1;
            }
            catch (FormatException e)
            {
                await output.WriteLineAsync($"NOT TRUE: {e.Message}");
                return 1;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return 2;
            }
        });
        return command;
    }
}
