using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Access.Keys;

/// <summary><c>fok_ID_SECRET</c>: the id in 32 hexadecimal digits to find the row by, 32 random bytes in base64url (43 characters). Programs that look for leaked secrets know it by its beginning.</summary>
internal static class ApiKeyText
{
    public const string Mark = "fok_";
    private const int IdLength = 32;
    private const int SecretBytes = 32;
    private const int SecretLength = 43;
    private const int Length = 4 + IdLength + 1 + SecretLength;
    private const int ShownOfId = 8;

    public static string New(Guid id) => $"{Mark}{id:N}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Ids begin with their time, so what tells keys apart is at their end.</summary>
    public static string PrefixOf(Guid id) => $"{Mark}…{id.ToString("N")[^ShownOfId..]}_";

    public static bool IsOne(string shown) => shown.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>The id; null where it is not of this form.</summary>
    public static Guid? IdOf(string shown) =>
        shown.Length == Length && IsOne(shown) && shown[Mark.Length + IdLength] == '_' && Guid.TryParseExact(shown.AsSpan(Mark.Length, IdLength), "N", out Guid id) ? id : null;
}
