using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FinObs.Scoring.Features;

/// <summary>The account's four most frequent types (Misra and Gries 1982): a stranger takes a free place, or wears down the least frequent until that place is free.</summary>
internal static class TypeTable
{
    /// <summary>31 bits of a hash of the type (XXH3 over its UTF-16) and the direction, never 0: money in and money out are two types.</summary>
    public static uint KeyOf(string type, bool isCredit)
    {
        uint hash = (uint)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(type.AsSpan())) >> 32) & ~1u;
        return (hash == 0 ? 2 : hash) | (isCredit ? 1u : 0);
    }

    /// <summary>Moments of one type; weight 0 where it has no place.</summary>
    public static Moments Find(ReadOnlySpan<ProfileState.TypeSlot> slots, uint key)
    {
        foreach (ref readonly ProfileState.TypeSlot slot in slots)
        {
            if (slot.Type == key)
            {
                return slot.Amounts;
            }
        }

        return default;
    }

    /// <summary>Takes in one log amount of a type.</summary>
    public static void Observe(Span<ProfileState.TypeSlot> slots, uint key, double log)
    {
        int least = 0;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i].Type == key)
            {
                slots[i].Amounts.Add(log);
                return;
            }

            least = slots[i].Amounts.Weight < slots[least].Amounts.Weight ? i : least;
        }

        ref ProfileState.TypeSlot place = ref slots[least];
        if (place.Amounts.Weight >= 1)
        {
            place.Amounts.Weight -= 1;
            return;
        }

        place = default;
        place.Type = key;
        place.Amounts.Add(log);
    }
}
