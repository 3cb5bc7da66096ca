using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Resources.Store;

namespace FinObs.DataPlane.Resources;

/// <summary>What the audit leaf of a change commits to: who brought it (<c>actor</c>), who made it as that one says (<c>changed_by</c>), and what it is now, in canonical JSON. No value of a Secret is in it, nor a hash of one.</summary>
internal static class ResourceActs
{
    public const string Applied = "resource.applied";
    public const string Deleted = "resource.deleted";

    public static byte[] Payload(ResourceHistoryRow row)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, row.Act);
        writer.Property("actor"u8, row.Actor);
        writer.Property("change_reason"u8, row.ChangeReason);
        writer.Property("changed_at"u8, row.ChangedAt);
        writer.Property("changed_by"u8, row.ChangedBy);
        writer.Property("created_at"u8, row.CreatedAt);
        writer.Property("generation"u8, row.Generation);
        writer.Property("kind"u8, row.Kind);
        Json(writer, "labels"u8, row.Labels);
        writer.Property("managed_by"u8, row.ManagedBy.ToString());
        writer.Property("name"u8, row.Name);
        writer.Property("namespace"u8, row.Namespace);
        writer.Property("revision"u8, row.Revision);
        Json(writer, "secret_versions"u8, row.SecretVersions);
        Json(writer, "spec"u8, row.Spec);
        writer.Property("spec_hash"u8, row.SpecHash);
        writer.Property("uid"u8, row.Uid);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    /// <summary>A text that a hand has made unreadable is given as text: the payload then differs, and the verifier says where.</summary>
    private static void Json(CanonicalJsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        JsonDocument document;
        try
        {
            document = CanonicalJson.Parse(Encoding.UTF8.GetBytes(text));
        }
        catch (JsonException)
        {
            writer.Property(name, text);
            return;
        }

        using (document)
        {
            writer.Name(name);
            CanonicalJson.Write(writer, document.RootElement);
        }
    }
}
