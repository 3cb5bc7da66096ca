using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace FinObs.DataPlane.Transactions;

/// <summary>Types, currencies and directions that most items repeat: one string each instead of one an item.</summary>
internal static class CommonWords
{
    private const int MaxLength = 16;

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Words = new[]
    {
        "card", "ach", "wire", "wire_transfer", "internal", "crypto", "payment", "transfer", "direct_debit", "cash_in", "cash_out", "trade", "check", "fee",
        "refund", "sale", "other", "debit", "credit", "USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CNY", "INR", "SGD", "HKD",
    }.ToFrozenDictionary(word => word, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The word that the reader stands on; <see langword="null"/> where it is no common one.</summary>
    public static string? Find(in Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> utf8 = reader.ValueSpan;
        Span<char> text = stackalloc char[MaxLength];
        return utf8.Length <= MaxLength && Ascii.ToUtf16(utf8, text, out int length) == System.Buffers.OperationStatus.Done && Words.TryGetValue(text[..length], out string? word)
            ? word
            : null;
    }
}
