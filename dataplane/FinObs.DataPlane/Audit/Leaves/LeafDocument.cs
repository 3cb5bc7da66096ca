using System.Globalization;
using System.Text.Json;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>What a leaf says. Version 1 has exactly these members, <c>about</c> and <c>tags</c> only where there are any; a reader refuses any other form.</summary>
/// <param name="Id">The leaf's own id.</param>
/// <param name="Namespace">The tenant.</param>
/// <param name="Kind">What kind of act.</param>
/// <param name="At">When; microseconds.</param>
/// <param name="Actor">Who, without personal data.</param>
/// <param name="Subject">Token of the account, or null.</param>
/// <param name="Ref">The id of the act's row.</param>
/// <param name="PayloadDigest">SHA-256(salt ‖ payload), 32 bytes.</param>
/// <param name="Trace">Trace id, or null.</param>
/// <param name="About">What the act is about, or null.</param>
/// <param name="Tags">Rules that ask for this record; empty where none does.</param>
internal sealed record LeafDocument(
    Guid Id, string Namespace, string Kind, DateTimeOffset At, string Actor, string? Subject, Guid Ref, byte[] PayloadDigest, string? Trace, Guid? About, IReadOnlyList<string> Tags)
{
    private const int Version = 1;
    private const int MemberCount = 10;

    public static void Write(
        CanonicalJsonWriter json, in AuditAct act, Guid id, string? subject, ReadOnlySpan<byte> payloadDigest, string? trace)
    {
        json.BeginObject();
        if (act.About is { } about) json.Property("about"u8, about);
        json.Property("actor"u8, act.Actor);
        json.Property("at"u8, act.At);
        json.Property("id"u8, id);
        json.Property("kind"u8, act.Kind);
        json.Property("namespace"u8, act.Namespace);
        json.Name("payload"u8);
        json.Hex(payloadDigest);
        json.Property("ref"u8, act.Ref);
        json.Property("subject"u8, subject);
        if (act.Tags is { Count: > 0 } tags)
        {
            json.Name("tags"u8);
            json.BeginArray();
            foreach (var tag in tags) json.Value(tag);
            json.EndArray();
        }
        json.Property("trace"u8, trace);
        json.Property("v"u8, Version);
        json.EndObject();
    }

    /// <exception cref="FormatException">The bytes are not a leaf of version 1 in canonical form.</exception>
    public static LeafDocument Parse(ReadOnlyMemory<byte> leaf)
    {
        if (!CanonicalJson.IsCanonical(leaf)) throw new FormatException("The leaf is not canonical JSON.");
        using var document = CanonicalJson.Parse(leaf);
        var root = document.RootElement;
        try
        {
            if (root.GetProperty("v").GetInt32() != Version) throw new FormatException("The leaf's version is not 1.");
            var about = root.TryGetProperty("about", out var value) ? value.GetGuid() : (Guid?)null;
            string[] tags = root.TryGetProperty("tags", out value) ? [.. value.EnumerateArray().Select(tag => tag.GetString() ?? throw new FormatException("A tag of the leaf is null."))] : [];
            if (root.GetPropertyCount() != MemberCount + (about is null ? 0 : 1) + (tags.Length == 0 ? 0 : 1)) throw new FormatException("The leaf has members that version 1 does not know.");
            return new LeafDocument(
                root.GetProperty("id").GetGuid(), Text(root, "namespace"), Text(root, "kind"), Instant(Text(root, "at")), Text(root, "actor"),
                root.GetProperty("subject").GetString(), root.GetProperty("ref").GetGuid(), Convert.FromHexString(Text(root, "payload")), root.GetProperty("trace").GetString(),
                about, tags);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The leaf lacks a member of version 1, or one is of a wrong type.", e);
        }
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException($"The leaf's '{name}' is null.");

    private static DateTimeOffset Instant(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
