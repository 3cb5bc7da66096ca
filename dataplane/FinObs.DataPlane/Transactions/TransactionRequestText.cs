using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Transactions;

/// <summary>The rules of ids and words. Ids are compared character by character: case counts, nothing is normalised.</summary>
internal static class TransactionRequestText
{
    public const int MaxIdLength = 200;
    public const int MaxTypeLength = 40;

    /// <summary>A transaction of no stated type. Not <c>wire_transfer</c>: a record must not state what nobody said.</summary>
    public const string UnstatedType = "other";

    public const string DefaultCurrency = "USD";

    private static readonly ItemError TypeInvalid = new(
        ItemErrorCodes.TypeInvalid, "The type is not a word of a-z, 0-9 and _ with at most 40 characters: send for example wire_transfer, ach or card.");

    private static readonly ItemError CurrencyUnknown = new(
        ItemErrorCodes.CurrencyUnknown, "The currency is not an ISO 4217 code: send three letters such as USD or EUR.");

    private static readonly ItemError DirectionInvalid = new(
        ItemErrorCodes.DirectionInvalid, "The direction is neither debit (money leaves the account) nor credit (money comes in): send one of them or leave it out.");

    /// <summary>The rules of an id: 1 to 200 characters, none of them a control character, no blank at either end.</summary>
    public static ItemError? CheckId(string field, string? text) => text switch
    {
        null => null,
        "" => new(ItemErrorCodes.TextEmpty, $"\"{field}\" is empty: leave it out or give it a value."),
        { Length: > MaxIdLength } => new(ItemErrorCodes.TextTooLong, $"\"{field}\" is longer than 200 characters: send a shorter id, for example a hash of it."),
        _ when !IsClean(text) => new(ItemErrorCodes.TextInvalid, $"\"{field}\" holds a control character, half a surrogate pair, or a blank at its start or end: remove it."),
        _ => null,
    };

    /// <summary>Lower case, <c>-</c> and blank as <c>_</c>, the seed's short names in full. Any word of that shape is a type.</summary>
    public static ItemError? TryReadType(string? text, out string type)
    {
        type = UnstatedType;
        if (text is null)
        {
            return null;
        }

        if (text.Length is 0 or > MaxTypeLength)
        {
            return TypeInvalid;
        }

        type = Canonical(text);
        return type.AsSpan().ContainsAnyExcept(TypeCharacters) ? TypeInvalid : null;
    }

    public static ItemError? TryReadCurrency(string? text, out string currency)
    {
        currency = DefaultCurrency;
        if (text is null or DefaultCurrency)
        {
            return null;
        }

        currency = text.Length == 3 ? text.ToUpperInvariant() : text;
        return Currencies.IsKnown(currency) ? null : CurrencyUnknown;
    }

    public static ItemError? TryReadDirection(string? text, out bool isCredit)
    {
        isCredit = string.Equals(text, "credit", StringComparison.OrdinalIgnoreCase);
        return isCredit || text is null || string.Equals(text, "debit", StringComparison.OrdinalIgnoreCase) ? null : DirectionInvalid;
    }

    private static readonly System.Buffers.SearchValues<char> TypeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private static string Canonical(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(TypeCharacters))
        {
            text = text.ToLowerInvariant().Replace('-', '_').Replace(' ', '_');
        }

        return text switch
        {
            "wire" => "wire_transfer",
            "cheque" => "check",
            _ => text,
        };
    }

    private static bool IsClean(string text)
    {
        // Nearly every id: visible ASCII only.
        if (!text.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return true;
        }

        if (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsControl(c))
            {
                return false;
            }

            if (char.IsSurrogate(c) && (!char.IsHighSurrogate(c) || ++i == text.Length || !char.IsLowSurrogate(text[i])))
            {
                return false;
            }
        }

        return true;
    }
}
