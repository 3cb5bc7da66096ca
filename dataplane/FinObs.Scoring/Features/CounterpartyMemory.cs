namespace FinObs.Scoring.Features;

/// <summary>Which counterparties an account dealt with lately: 16-bit fingerprints in order of last use. A stranger passes for known once in 2,000 times.</summary>
internal static class CounterpartyMemory
{
    /// <summary>Whether it is among the remembered ones.</summary>
    public static bool Knows(ReadOnlySpan<ushort> known, ulong hash) => known.Contains(Fingerprint(hash));

    /// <summary>Moves it to the front, the one unused longest falls out; whether it was known.</summary>
    public static bool Observe(Span<ushort> known, ulong hash)
    {
        ushort fingerprint = Fingerprint(hash);
        int at = known.IndexOf(fingerprint);
        int moved = at < 0 ? known.Length - 1 : at;
        known[..moved].CopyTo(known[1..]);
        known[0] = fingerprint;
        return at >= 0;
    }

    private static ushort Fingerprint(ulong hash)
    {
        var bits = (ushort)(hash >> 48);
        return bits == 0 ? (ushort)1 : bits;
    }
}
