using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Transactions;

/// <summary>SHA-256 over what the client said, before defaults: a retry without a timestamp matches, so do another order of fields and another
/// spelling of a number, a time or a type. Fields that nothing reads are not part of it.</summary>
internal static class TransactionRequestHash
{
    // Changing this form makes every retry across the upgrade a conflict: add a new first byte and keep the old form for old rows.
    private const byte FormatVersion = 1;

    /// <param name="sent">Says which fields were sent.</param>
    /// <param name="parsed">Gives their values.</param>
    public static byte[] Of(TransactionRequest sent, in CanonicalFields parsed)
    {
        int capacity = 256 + (sent.Meta?.Length ?? 0)
            + (3 * ((sent.TransactionId?.Length ?? 0) + (sent.Account?.Length ?? 0) + (sent.Counterparty?.Length ?? 0)));
        byte[]? rented = null;
        Span<byte> buffer = capacity <= 1024 ? stackalloc byte[1024] : rented = ArrayPool<byte>.Shared.Rent(capacity);
        var fields = new Fields(buffer);
        fields.Text((byte)'i', sent.TransactionId);
        fields.Text((byte)'a', sent.Account);
        fields.Text((byte)'c', sent.Counterparty);
        fields.Text((byte)'t', sent.Type is null ? null : parsed.Type);
        fields.Amount((byte)'n', parsed.Amount);
        fields.Text((byte)'u', sent.Currency is null ? null : parsed.Currency);
        fields.Text((byte)'d', sent.Direction is null ? null : parsed.IsCredit ? "credit" : "debit");
        fields.Time((byte)'w', sent.Timestamp is null ? null : parsed.OccurredAt);
        fields.Bytes((byte)'m', sent.Meta);
        byte[] hash = SHA256.HashData(fields.Written);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    /// <summary>Tag, length, bytes: no value can pass for two.</summary>
    private ref struct Fields
    {
        private readonly Span<byte> _buffer;
        private int _at;

        public Fields(Span<byte> buffer)
        {
            _buffer = buffer;
            _buffer[_at++] = FormatVersion;
        }

        public readonly ReadOnlySpan<byte> Written => _buffer[.._at];

        public void Text(byte tag, string? value)
        {
            if (value is not null) End(tag, Encoding.UTF8.GetBytes(value, _buffer[(_at + 5)..]));
        }

        public void Bytes(byte tag, byte[]? value)
        {
            if (value is null) return;
            value.CopyTo(_buffer[(_at + 5)..]);
            End(tag, value.Length);
        }

        // Parsed amounts carry no trailing zeros, so this text is one per number.
        public void Amount(byte tag, decimal value)
        {
            value.TryFormat(_buffer[(_at + 5)..], out int length);
            End(tag, length);
        }

        public void Time(byte tag, DateTimeOffset? value)
        {
            if (value is not { } time) return;
            BinaryPrimitives.WriteInt64BigEndian(_buffer[(_at + 5)..], time.UtcTicks / TimeSpan.TicksPerMicrosecond);
            End(tag, sizeof(long));
        }

        private void End(byte tag, int length)
        {
            _buffer[_at] = tag;
            BinaryPrimitives.WriteInt32BigEndian(_buffer[(_at + 1)..], length);
            _at += 5 + length;
        }
    }
}

/// <summary>The values of a request's fields in the one form that each has.</summary>
internal readonly record struct CanonicalFields(string Type, decimal Amount, string Currency, bool IsCredit, DateTimeOffset OccurredAt);
