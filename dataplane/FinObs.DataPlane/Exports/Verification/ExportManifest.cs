using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Notes;

namespace FinObs.DataPlane.Exports.Verification;

/// <summary>
/// What an export's file is, signed by the audit log's key. As a file: one line of canonical JSON <c>{"manifest": {…}, "note": "…"}</c>, where the note signs the SHA-256 of the canonical bytes of <c>manifest</c>.
/// </summary>
/// <param name="Id">The export's.</param>
/// <param name="Sha256">Of the file, in hex.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Rows">Rows in it, without the header.</param>
/// <param name="Text">The whole manifest file.</param>
internal sealed record ExportManifest(Guid Id, string Sha256, long Bytes, long Rows, string Text)
{
    private const string NoteTitle = "finobs-export/v1";

    /// <param name="signer">The audit log's.</param>
    /// <param name="body">Canonical JSON.</param>
    public static string Sign(NoteSigner signer, byte[] body)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Name("manifest"u8);
        using (JsonDocument document = CanonicalJson.Parse(body)) CanonicalJson.Write(json, document.RootElement);
        json.Property("note"u8, signer.Sign(NoteText(signer.Verifier.Name, SHA256.HashData(body))));
        json.EndObject();
        return Encoding.UTF8.GetString(json.Written) + "\n";
    }

    /// <exception cref="FormatException">It is no manifest, or the key did not sign it: the message says which.</exception>
    public static ExportManifest Open(string text, NoteVerifier key)
    {
        try
        {
            byte[] line = Encoding.UTF8.GetBytes(text.TrimEnd('\n'));
            if (!CanonicalJson.IsCanonical(line)) throw new FormatException("The manifest is not canonical JSON: it was changed, or written anew by another program.");
            using JsonDocument document = CanonicalJson.Parse(line);
            JsonElement manifest = document.RootElement.GetProperty("manifest");
            byte[] body = CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(manifest.GetRawText()));
            SignedNote note = SignedNote.Parse(document.RootElement.GetProperty("note").GetString() ?? "");
            if (!note.IsSignedBy(key) || note.Text != NoteText(key.Name, SHA256.HashData(body))) throw new FormatException($"The key {key.Text} did not sign this manifest.");
            return new ExportManifest(manifest.GetProperty("id").GetGuid(), manifest.GetProperty("sha256").GetString()!, Number(manifest, "bytes"), Number(manifest, "rows"), text);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("It is no manifest of an export.", e);
        }
    }

    /// <summary>Reads the file to its end.</summary>
    /// <returns>The sentence that says how the file differs; null where it is the one.</returns>
    public async Task<string?> CompareAsync(Stream file, CancellationToken cancellationToken)
    {
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[64 * 1024];
        long length = 0;
        int read;
        while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            digest.AppendData(buffer.AsSpan(0, read));
            length += read;
        }

        if (length != Bytes) return $"The file has {length} bytes, the manifest says {Bytes}: it was cut, or something was added.";
        return Convert.ToHexStringLower(digest.GetCurrentHash()) == Sha256 ? null : "The file has the length that the manifest says, but its SHA-256 is another: something in it was changed.";
    }

    private static long Number(JsonElement manifest, string name) => long.Parse(manifest.GetProperty(name).GetString()!, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string NoteText(string origin, ReadOnlySpan<byte> digest) => $"{NoteTitle}\n{origin}\n{Convert.ToBase64String(digest)}\n";
}
