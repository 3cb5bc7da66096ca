using System.Buffers;
using System.Buffers.Text;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>
/// Canonical JSON in about half of its bytes, without loss and without looking at its meaning: words that leaves and payloads always hold become two bytes, uuids and hexadecimal become what they stand for.
/// Bytes below 0x20, which canonical JSON never holds, are the codes. Anything else is its own byte, so every text has a packed form and gets back out of it what went in.
/// </summary>
/// <remarks>What is written to the database is what a commit costs most. General compressors find little in texts this short.</remarks>
internal static class PackedJson
{
    private const byte Literal = 0x00; // the next byte, whatever it is
    private const byte Hex = 0x01; // a count n, then n bytes: 2n lower-case digits
    private const byte Uuid = 0x02; // 16 bytes: 36 characters
    private const byte Word = 0x03; // the index of a word
    private const int FirstPlain = 0x20;
    private const int ShortestHex = 6;
    private const int LongestHex = 2 * 255;
    private const int UuidLength = 36;

    /// <summary>At most twice as long as the text; in practice half.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> json)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(2 * json.Length);
        int length = Pack(json, rented);
        byte[] packed = rented[..length];
        ArrayPool<byte>.Shared.Return(rented);
        return packed;
    }

    /// <summary>Into a buffer of at least twice the size.</summary>
    /// <returns>The bytes written.</returns>
    public static int Pack(ReadOnlySpan<byte> json, Span<byte> packed)
    {
        int at = 0;
        while (!json.IsEmpty)
        {
            int taken = json[0] == '"' ? PackWord(json, packed, ref at) : PackRun(json, packed, ref at);
            json = json[taken..];
        }

        return at;
    }

    /// <summary>The text that was packed; bytes that are no packed text come back as they are, and will not have the hash of any leaf.</summary>
    public static byte[] UnpackOrKeep(byte[] packed)
    {
        try
        {
            return Unpack(packed);
        }
        catch (FormatException)
        {
            return packed;
        }
    }

    /// <summary>The text that was packed.</summary>
    /// <exception cref="FormatException">The bytes are no packed text.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        ArrayBufferWriter<byte> json = new((packed.Length * 3) + 1);
        while (!packed.IsEmpty)
        {
            packed = packed[(packed[0] >= FirstPlain ? CopyPlain(packed, json) : UnpackCode(packed, json))..];
        }

        return json.WrittenSpan.ToArray();
    }

    private static int PackWord(ReadOnlySpan<byte> json, Span<byte> packed, ref int at)
    {
        int end = json[1..].IndexOf((byte)'"');
        if (end > 0 && PackedWords.IndexOf(json.Slice(1, end)) is var word and >= 0)
        {
            packed[at++] = Word;
            packed[at++] = (byte)word;
            return end + 2;
        }

        packed[at++] = (byte)'"';
        return 1;
    }

    /// <summary>A run of digits, or up to and including the next byte that may begin something.</summary>
    private static int PackRun(ReadOnlySpan<byte> json, Span<byte> packed, ref int at)
    {
        int digits = DigitsAtStart(json);
        if (digits == 8 && TryPackUuid(json, packed, ref at))
        {
            return UuidLength;
        }

        int even = Math.Min(digits, LongestHex) & ~1;
        if (even >= ShortestHex)
        {
            packed[at++] = Hex;
            packed[at++] = (byte)(even / 2);
            Convert.FromHexString(json[..even], packed[at..], out _, out int written);
            at += written;
            return even;
        }

        int plain = Math.Max(1, digits);
        foreach (byte one in json[..plain])
        {
            if (one < FirstPlain)
            {
                packed[at++] = Literal;
            }

            packed[at++] = one;
        }

        return plain;
    }

    /// <summary>A plain loop: runs are short.</summary>
    private static int DigitsAtStart(ReadOnlySpan<byte> json)
    {
        int count = 0;
        while (count < json.Length && json[count] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f'))
        {
            count++;
        }

        return count;
    }

    private static bool TryPackUuid(ReadOnlySpan<byte> json, Span<byte> packed, ref int at)
    {
        if (json.Length < UuidLength || !Utf8Parser.TryParse(json[..UuidLength], out Guid id, out int read, 'D') || read != UuidLength)
        {
            return false;
        }

        Span<byte> again = stackalloc byte[UuidLength];
        id.TryFormat(again, out _, "D");
        if (!again.SequenceEqual(json[..UuidLength]))
        {
            return false; // upper-case digits
        }

        packed[at++] = Uuid;
        id.TryWriteBytes(packed[at..], bigEndian: true, out int written);
        at += written;
        return true;
    }

    private static int CopyPlain(ReadOnlySpan<byte> packed, ArrayBufferWriter<byte> json)
    {
        int plain = packed.IndexOfAnyInRange((byte)0, (byte)(FirstPlain - 1));
        plain = plain < 0 ? packed.Length : plain;
        json.Write(packed[..plain]);
        return plain;
    }

    private static int UnpackCode(ReadOnlySpan<byte> packed, ArrayBufferWriter<byte> json)
    {
        int size = packed.Length < 2 ? int.MaxValue : packed[0] switch
        {
            Literal or Word => 2,
            Hex => 2 + packed[1],
            Uuid => 17,
            _ => int.MaxValue,
        };
        if (packed.Length < size)
        {
            throw new FormatException("The bytes are no packed JSON.");
        }

        switch (packed[0])
        {
            case Literal:
                json.Write(packed.Slice(1, 1));
                break;
            case Word:
                json.Write(PackedWords.Quoted(packed[1]));
                break;
            case Hex:
                Convert.TryToHexStringLower(packed[2..size], json.GetSpan(2 * packed[1]), out int digits);
                json.Advance(digits);
                break;
            default:
                new Guid(packed[1..size], bigEndian: true).TryFormat(json.GetSpan(UuidLength), out int characters, "D");
                json.Advance(characters);
                break;
        }

        return size;
    }
}
