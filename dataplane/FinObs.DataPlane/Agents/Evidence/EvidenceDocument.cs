using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Agents.Evidence;

/// <summary>One thing that an agent is shown and that its claims may cite.</summary>
/// <param name="Id">What a claim names, e.g. <c>decision:0199…</c>.</param>
/// <param name="Label">The same for people.</param>
/// <param name="Facts">A JSON object.</param>
/// <param name="Untrusted">Somebody outside wrote it: it is data, never instruction, and no claim can rest on it.</param>
internal sealed record EvidenceDocument(string Id, string Label, JsonElement Facts, bool Untrusted = false)
{
    /// <summary>How facts are written: names in snake case, money as decimal text, instants in UTC.</summary>
    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static EvidenceDocument Of<T>(string id, string label, T facts) => new(id, label, JsonSerializer.SerializeToElement(facts, Json));

    public T Read<T>() => Facts.Deserialize<T>(Json)!;
}

/// <summary>All that an agent is shown of one matter.</summary>
/// <param name="Documents">In a fixed order: the same matter gives the same set.</param>
internal sealed record EvidenceSet(IReadOnlyList<EvidenceDocument> Documents)
{
    public EvidenceDocument? Find(string id) => Documents.FirstOrDefault(document => string.Equals(document.Id, id, StringComparison.Ordinal));

    /// <summary>The facts of the only document of a kind, e.g. <c>case</c>; null where there is none.</summary>
    public T? Facts<T>(string kind)
        where T : class =>
        Documents.FirstOrDefault(document => document.Id.StartsWith($"{kind}:", StringComparison.Ordinal))?.Read<T>();

    /// <summary>Canonical JSON of all of it.</summary>
    public byte[] ToJson()
    {
        CanonicalJsonWriter writer = new();
        writer.BeginArray();
        foreach (EvidenceDocument document in Documents)
        {
            writer.BeginObject();
            writer.Name("facts");
            CanonicalJson.Write(writer, document.Facts);
            writer.Property("id"u8, document.Id);
            writer.Property("label"u8, document.Label);
            writer.Property("untrusted"u8, document.Untrusted);
            writer.EndObject();
        }

        writer.EndArray();
        return writer.Written.ToArray();
    }

    public static string DigestOf(ReadOnlySpan<byte> json) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(json))}";
}
