using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;

namespace FinObs.DataPlane.Audit.Export;

/// <summary>A leaf with its way to the signed root.</summary>
internal sealed record ProvenLeaf(long Index, byte[] Leaf, byte[][] Proof);

/// <summary>The live row's projection: whether there is one for the kind, and the bytes, null when the row is gone.</summary>
internal sealed record LiveRow(bool Projected, byte[]? Bytes)
{
    public static readonly LiveRow None = new(false, null);
}

/// <summary>One leaf in an export.</summary>
internal sealed record ExportLine(ProvenLeaf Proven, PayloadState Payload, ProvenLeaf? Tombstone, LiveRow Live)
{
    public void Write(CanonicalJsonWriter json)
    {
        json.Reset();
        json.BeginObject();
        json.Property("index"u8, Proven.Index);
        json.Name("leaf"u8);
        json.Base64(Proven.Leaf);
        json.Name("live"u8);
        WriteLive(json);
        json.Name("payload"u8);
        WritePayload(json);
        json.Name("proof"u8);
        WriteHashes(json, Proven.Proof);
        json.EndObject();
    }

    public static void WriteHashes(CanonicalJsonWriter json, byte[][]? hashes)
    {
        if (hashes is null)
        {
            json.Null();
            return;
        }
        json.BeginArray();
        foreach (var hash in hashes) json.Base64(hash);
        json.EndArray();
    }

    private void WriteLive(CanonicalJsonWriter json)
    {
        if (!Live.Projected)
        {
            json.Null();
            return;
        }
        json.BeginObject();
        json.Name("bytes"u8);
        if (Live.Bytes is null) json.Null();
        else json.Base64(Live.Bytes);
        json.EndObject();
    }

    private void WritePayload(CanonicalJsonWriter json)
    {
        json.BeginObject();
        switch (Payload)
        {
            case PayloadState.Opened opened:
                json.Name("bytes"u8);
                json.Base64(opened.Payload.Payload);
                json.Name("salt"u8);
                json.Base64(opened.Payload.Salt);
                break;
            case PayloadState.Shredded shredded:
                json.Property("key"u8, shredded.KeyId);
                json.Name("tombstone"u8);
                WriteTombstone(json);
                break;
            case PayloadState.Withheld:
                json.Property("withheld"u8, true);
                break;
            case PayloadState.Unreadable unreadable:
                json.Property("unreadable"u8, unreadable.Reason);
                break;
        }
        json.EndObject();
    }

    private void WriteTombstone(CanonicalJsonWriter json)
    {
        if (Tombstone is null)
        {
            json.Null();
            return;
        }
        json.BeginObject();
        json.Property("index"u8, Tombstone.Index);
        json.Name("leaf"u8);
        json.Base64(Tombstone.Leaf);
        json.Name("proof"u8);
        WriteHashes(json, Tombstone.Proof);
        json.EndObject();
    }
}
