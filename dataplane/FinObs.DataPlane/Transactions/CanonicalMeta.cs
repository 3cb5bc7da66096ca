using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FinObs.DataPlane.Transactions;

/// <summary>The client's own object in one form: keys sorted, no blanks, numbers without superfluous zeros and never through a double.</summary>
internal static class CanonicalMeta
{
    /// <summary>It is context for a reviewer, not a document store.</summary>
    public const int MaxBytes = 16 * 1024;

    private const int MaxNumberLength = 100;

    // So that a plain number, too, stays below the length above.
    private const int PlainZeros = 30;

    private static readonly ItemError TooLarge = new(
        ItemErrorCodes.MetaTooLarge, "\"meta\" is larger than 16 KB: keep what a reviewer needs and send a reference to the rest.");

    private static readonly ItemError Duplicate = new(
        ItemErrorCodes.DuplicateField, "\"meta\" holds the same name twice in one object: send each name once.");

    private static readonly ItemError InvalidText = new(
        ItemErrorCodes.TextInvalid, "\"meta\" holds a NUL or half a surrogate pair in a string: remove it.");

    private static readonly ItemError LongNumber = new(
        ItemErrorCodes.WrongType, "\"meta\" holds a number with more than 64 digits: send it as a string.");

    /// <summary>Reads the value that <paramref name="reader"/> stands on, which is an object.</summary>
    /// <param name="reader">A copy: where it ends after an error does not matter.</param>
    /// <param name="maxDepth">Deepest <see cref="Utf8JsonReader.CurrentDepth"/> allowed.</param>
    /// <param name="canonical">The canonical form.</param>
    /// <returns>What is wrong with it; <see langword="null"/> where nothing is.</returns>
    public static ItemError? TryRead(Utf8JsonReader reader, int maxDepth, out byte[]? canonical)
    {
        var output = new ArrayBufferWriter<byte>(256);
        ItemError? error = ReadValue(ref reader, output, maxDepth);
        canonical = error is null ? output.WrittenSpan.ToArray() : null;
        return error;
    }

    private static ItemError? ReadValue(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output, int maxDepth)
    {
        if (output.WrittenCount > MaxBytes)
        {
            return TooLarge;
        }

        return reader.TokenType switch
        {
            JsonTokenType.StartObject => reader.CurrentDepth >= maxDepth ? JsonText.TooDeep : ReadObject(ref reader, output, maxDepth),
            JsonTokenType.StartArray => reader.CurrentDepth >= maxDepth ? JsonText.TooDeep : ReadArray(ref reader, output, maxDepth),
            JsonTokenType.String => JsonText.TryGet(ref reader, out string text) ? WriteText(text, output) : InvalidText,
            JsonTokenType.Number => WriteNumber(reader.ValueSpan, output),
            _ => Write(reader.ValueSpan, output),
        };
    }

    private static ItemError? ReadObject(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output, int maxDepth)
    {
        var members = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        int size = output.WrittenCount;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (!JsonText.TryGet(ref reader, out string name))
            {
                return InvalidText;
            }

            reader.Read();
            var value = new ArrayBufferWriter<byte>(64);
            if (ReadValue(ref reader, value, maxDepth) is { } error)
            {
                return error;
            }

            if (!members.TryAdd(name, value.WrittenSpan.ToArray()))
            {
                return Duplicate;
            }

            size += name.Length + value.WrittenCount;
            if (size > MaxBytes)
            {
                return TooLarge;
            }
        }

        return WriteObject(members, output);
    }

    private static ItemError? WriteObject(SortedDictionary<string, byte[]> members, ArrayBufferWriter<byte> output)
    {
        bool first = true;
        foreach ((string name, byte[] value) in members)
        {
            output.Write(first ? "{"u8 : ","u8);
            first = false;
            if (WriteText(name, output) is { } error)
            {
                return error;
            }

            output.Write(":"u8);
            output.Write(value);
        }

        return Write(first ? "{}"u8 : "}"u8, output);
    }

    private static ItemError? ReadArray(ref Utf8JsonReader reader, ArrayBufferWriter<byte> output, int maxDepth)
    {
        output.Write("["u8);
        for (bool first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
        {
            output.Write(first ? ""u8 : ","u8);
            if (ReadValue(ref reader, output, maxDepth) is { } error)
            {
                return error;
            }
        }

        return Write("]"u8, output);
    }

    private static ItemError? WriteText(string text, ArrayBufferWriter<byte> output)
    {
        if (text.Contains('\0'))
        {
            return InvalidText;
        }

        output.Write("\""u8);
        output.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        return Write("\""u8, output);
    }

    private static ItemError? WriteNumber(ReadOnlySpan<byte> token, ArrayBufferWriter<byte> output)
    {
        Span<char> text = stackalloc char[MaxNumberLength];
        if (token.Length > MaxNumberLength)
        {
            return LongNumber;
        }

        int length = System.Text.Encoding.ASCII.GetChars(token, text);
        if (!DecimalText.TryRead(text[..length], stackalloc char[DecimalText.MaxDigits], out DecimalText number) || number.IsOverlong)
        {
            return LongNumber;
        }

        return Write(System.Text.Encoding.ASCII.GetBytes(PlainNumber(number)), output);
    }

    // Plain within the length of what people write, else one integer with an exponent: either way one text per number.
    private static string PlainNumber(DecimalText number)
    {
        string sign = number.IsNegative && number.DigitCount > 0 ? "-" : "";
        string digits = number.DigitCount == 0 ? "0" : number.Digits.ToString();
        if (number.Exponent is < -PlainZeros or > PlainZeros)
        {
            return $"{sign}{digits}e{number.Exponent}";
        }

        if (number.Exponent >= 0)
        {
            return $"{sign}{digits}{new string('0', number.Exponent)}";
        }

        digits = digits.PadLeft(1 - number.Exponent, '0');
        int point = digits.Length + number.Exponent;
        return $"{sign}{digits[..point]}.{digits[point..]}";
    }

    private static ItemError? Write(ReadOnlySpan<byte> bytes, ArrayBufferWriter<byte> output)
    {
        output.Write(bytes);
        return output.WrittenCount > MaxBytes ? TooLarge : null;
    }
}
