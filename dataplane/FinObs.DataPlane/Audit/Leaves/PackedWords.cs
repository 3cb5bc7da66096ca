using System.Text;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>
/// The strings that <see cref="PackedJson"/> writes as one number. Only ever add to the end: the index is what is stored.
/// </summary>
internal static class PackedWords
{
    private static readonly byte[][] Words =
    [
        .. new[]
        {
            // members of a leaf
            "actor", "at", "id", "kind", "namespace", "payload", "ref", "subject", "trace", "v",

            // members of a decision's payload
            "decision", "baseline", "engine", "explanation_sha256", "features", "margin", "model", "model_digest", "reasons", "score", "transaction", "account", "amount",
            "counterparty", "currency", "direction", "label", "meta", "occurred_at", "received_at", "source", "transaction_id", "type",

            // their usual values
            "default", "system:pipeline", "decision.made", "approve", "manual_review", "block", "debit", "credit", "webhook", "[]", "USD", "EUR", "GBP", "fraud", "legitimate",
            "finobs-built-in@1.0.0",

            // a decision's payload, since rules are asked
            "rules",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[][] Quotes = [.. Words.Select(word => (byte[])[(byte)'"', .. word, (byte)'"'])];

    /// <summary>Open addressing over length, first and last byte; -1 is empty.</summary>
    private static readonly short[] Table = BuildTable();

    /// <summary>The word's number; -1 where it is none.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text)
    {
        for (int slot = Slot(text); ; slot = (slot + 1) & (Table.Length - 1))
        {
            int index = Table[slot];
            if (index < 0 || text.SequenceEqual(Words[index]))
            {
                return index;
            }
        }
    }

    /// <summary>The word in its quotes.</summary>
    /// <exception cref="FormatException">There is no word of this number.</exception>
    public static ReadOnlySpan<byte> Quoted(int index) => index < Quotes.Length ? Quotes[index] : throw new FormatException("The bytes are no packed JSON.");

    private static short[] BuildTable()
    {
        short[] table = new short[512];
        Array.Fill(table, (short)-1);
        for (int i = 0; i < Words.Length; i++)
        {
            int slot = Slot(Words[i]);
            while (table[slot] >= 0)
            {
                slot = (slot + 1) & (table.Length - 1);
            }

            table[slot] = (short)i;
        }

        return table;
    }

    // Not empty: an empty string is shorter than any word.
    private static int Slot(ReadOnlySpan<byte> text) => ((text.Length * 67) + (text[0] * 13) + (text[^1] * 5)) & 511;
}
