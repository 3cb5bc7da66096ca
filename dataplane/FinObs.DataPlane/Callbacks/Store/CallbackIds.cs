using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>
/// Ids of messages follow from what they tell to whom: half of SHA-256 over namespace, target and event. So a message has the same id when it is retried, when it is replayed from the
/// dead letters, and when the log of events is replayed.
/// </summary>
internal static class CallbackIds
{
    private const string Prefix = "msg_";
    private const int Size = 16;

    public static Guid Of(string target, StreamEvent about)
    {
        // The subject and the time besides the number: a database that was emptied counts from 1 again.
        byte[] text = Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $"{about.Namespace}\0{target}\0{about.Topic}\0{about.EventId}\0{about.SubjectId}\0{about.CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond}"));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return new Guid(hash[..Size], bigEndian: true);
    }

    /// <summary>What somebody asks to be done to a target once, however often they ask: the same for the same key.</summary>
    public static Guid OfRequest(ResourceKey target, string what, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{target.Namespace}\0{target.Name}\0{what}\0{key}"), hash);
        return new Guid(hash[..Size], bigEndian: true);
    }

    public static string Text(Guid id) => $"{Prefix}{id:N}";

    /// <summary>Null where the text is no id of ours.</summary>
    public static Guid? Parse(string text) =>
        Guid.TryParse(text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text, out Guid id) ? id : null;
}
