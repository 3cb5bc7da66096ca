using System.Globalization;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Export;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;

namespace FinObs.DataPlane.Audit.Verification;

/// <summary>The header of an export.</summary>
internal sealed record ExportHeader(long? Anchor, string Checkpoint, byte[][]? Consistency, long From, string Key, long To);

/// <summary>The header of an evidence file.</summary>
internal sealed record EvidenceHeader(long? Anchor, string Checkpoint, byte[][]? Consistency, Guid Decision, string Key);

/// <summary>A line is not of the one form that its content has; the offset is within the line.</summary>
internal sealed class ExportFormatException(string message, long offset) : Exception(message)
{
    public long Offset { get; } = offset;
}

/// <summary>Reads lines strictly: canonical JSON, exactly the known members, base64 and numbers in their one form. So every byte of the file matters.</summary>
internal static class ExportLineParser
{
    public static ExportHeader Header(byte[] line) => Read(line, root =>
    {
        Expect(root, "anchor", "checkpoint", "consistency", "exportedAt", "format", "from", "key", "to", "v");
        if (Text(root, "format") != ExportFormat.Name || root.GetProperty("v").GetInt32() != ExportFormat.Version) throw new FormatException("It is not an audit export of version 1.");
        return new ExportHeader(Anchor(root), Text(root, "checkpoint"), Hashes(root.GetProperty("consistency")), Number(root, "from"), Text(root, "key"), Number(root, "to"));
    });

    public static EvidenceHeader EvidenceHeader(byte[] line) => Read(line, root =>
    {
        Expect(root, "anchor", "checkpoint", "consistency", "decision", "exportedAt", "format", "key", "v");
        if (Text(root, "format") != EvidenceFormat.Name || root.GetProperty("v").GetInt32() != EvidenceFormat.Version) throw new FormatException("It is not an evidence file of version 1.");
        return new EvidenceHeader(Anchor(root), Text(root, "checkpoint"), Hashes(root.GetProperty("consistency")), Guid.ParseExact(Text(root, "decision"), "D"), Text(root, "key"));
    });

    /// <summary>A part of an evidence file, or null when the line is none.</summary>
    public static (string Name, byte[] Bytes)? Part(byte[] line) => line.AsSpan().StartsWith("{\"bytes\""u8)
        ? Read(line, root =>
        {
            Expect(root, "bytes", "part");
            return (Text(root, "part"), Bytes(root, "bytes"));
        })
        : null;

    /// <summary>The footer's note, or null when the line is not a footer.</summary>
    public static string? Footer(byte[] line) => line.AsSpan().StartsWith("{\"note\""u8)
        ? Read(line, root =>
        {
            Expect(root, "note");
            return Text(root, "note");
        })
        : null;

    public static ExportLine Leaf(byte[] line) => Read(line, root =>
    {
        Expect(root, "index", "leaf", "live", "payload", "proof");
        var (payload, tombstone) = Payload(root.GetProperty("payload"));
        return new ExportLine(new ProvenLeaf(Number(root, "index"), Bytes(root, "leaf"), Hashes(root.GetProperty("proof")) ?? throw new FormatException("'proof' is null.")), payload, tombstone, Live(root.GetProperty("live")));
    });

    /// <summary>Where a top-level member's value begins within the line.</summary>
    public static long OffsetOf(byte[] line, string member)
    {
        var at = line.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{member}\":"));
        return at < 0 ? 0 : at + member.Length + 3;
    }

    private static long? Anchor(JsonElement root) => root.GetProperty("anchor").ValueKind == JsonValueKind.Null ? null : Number(root, "anchor");

    private static T Read<T>(byte[] line, Func<JsonElement, T> read)
    {
        try
        {
            var canonical = CanonicalJson.Canonicalize(line);
            if (!canonical.AsSpan().SequenceEqual(line)) throw new ExportFormatException("The line is not in canonical form.", canonical.AsSpan().CommonPrefixLength(line));
            using var document = CanonicalJson.Parse(line);
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new ExportFormatException("The line is not JSON of the export's form.", e.BytePositionInLine ?? 0);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ExportFormatException(e is FormatException ? e.Message : "A member is missing or of a wrong type.", 0);
        }
    }

    private static (PayloadState, ProvenLeaf?) Payload(JsonElement payload)
    {
        if (payload.TryGetProperty("unreadable", out _))
        {
            Expect(payload, "unreadable");
            return (new PayloadState.Unreadable(Text(payload, "unreadable")), null);
        }
        if (payload.TryGetProperty("withheld", out var withheld))
        {
            Expect(payload, "withheld");
            return withheld.ValueKind == JsonValueKind.True ? (new PayloadState.Withheld(), null) : throw new FormatException("'withheld' is true or not there.");
        }
        if (payload.TryGetProperty("key", out _))
        {
            Expect(payload, "key", "tombstone");
            var key = Guid.ParseExact(Text(payload, "key"), "D");
            var tombstone = payload.GetProperty("tombstone");
            if (tombstone.ValueKind == JsonValueKind.Null) return (new PayloadState.Shredded(key, null), null);
            Expect(tombstone, "index", "leaf", "proof");
            return (new PayloadState.Shredded(key, null), new ProvenLeaf(Number(tombstone, "index"), Bytes(tombstone, "leaf"), Hashes(tombstone.GetProperty("proof")) ?? []));
        }
        Expect(payload, "bytes", "salt");
        return (new PayloadState.Opened(new OpenedPayload(Bytes(payload, "salt"), Bytes(payload, "bytes"))), null);
    }

    private static LiveRow Live(JsonElement live)
    {
        if (live.ValueKind == JsonValueKind.Null) return LiveRow.None;
        Expect(live, "bytes");
        return new LiveRow(true, live.GetProperty("bytes").ValueKind == JsonValueKind.Null ? null : Bytes(live, "bytes"));
    }

    private static void Expect(JsonElement element, params ReadOnlySpan<string> members)
    {
        var at = 0;
        foreach (var property in element.EnumerateObject())
        {
            if (at == members.Length || property.Name != members[at++]) throw new FormatException($"Member '{property.Name}' is unknown or out of place.");
        }
        if (at != members.Length) throw new FormatException($"Member '{members[at]}' is missing.");
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");

    private static byte[] Bytes(JsonElement element, string name) => StrictBase64.Decode(Text(element, name)) ?? throw new FormatException($"'{name}' is not base64 in its one form.");

    private static long Number(JsonElement element, string name) =>
        long.TryParse(Text(element, name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value.ToString(CultureInfo.InvariantCulture) == Text(element, name)
            ? value
            : throw new FormatException($"'{name}' is not a decimal number in its one form.");

    private static byte[][]? Hashes(JsonElement element) => element.ValueKind == JsonValueKind.Null
        ? null
        : [.. element.EnumerateArray().Select(hash => StrictBase64.Decode(hash.GetString() ?? "") is { Length: MerkleHash.Size } bytes ? bytes : throw new FormatException("A hash is not base64 of 32 bytes."))];
}
