using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Transactions;

/// <summary>Under which key a transaction is stored once. Namespace and source are further parts of it, added where it is stored.</summary>
internal static class TransactionRequestIdentity
{
    /// <summary>The id and its SHA-256: the client's id; else one derived from the Idempotency-Key and the item's place; else a new one.</summary>
    public static (string Id, byte[] KeyHash) Of(string? clientId, in TransactionRequestContext context)
    {
        if (clientId is not null)
        {
            return (clientId, Hash(clientId));
        }

        if (context.IdempotencyKey is null)
        {
            string id = $"txn_{Guid.CreateVersion7(context.Now):N}";
            return (id, Hash(id));
        }

        // An id never holds a NUL, so no client id can have this hash.
        byte[] hash = Hash($"key\0{context.IdempotencyKey}\0{context.Index}");
        return ($"txn_{Convert.ToHexStringLower(hash.AsSpan(0, 16))}", hash);
    }

    private static byte[] Hash(string text)
    {
        Span<byte> utf8 = stackalloc byte[1024];
        int length = Encoding.UTF8.GetMaxByteCount(text.Length) <= utf8.Length ? Encoding.UTF8.GetBytes(text, utf8) : -1;
        return length >= 0 ? SHA256.HashData(utf8[..length]) : SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }
}
