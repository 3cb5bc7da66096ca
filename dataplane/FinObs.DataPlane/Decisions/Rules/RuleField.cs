using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>What a rule looks at by name: <c>account</c>, <c>counterparty</c>, or <c>meta.a.b</c>, a field of the sender's own object.</summary>
internal sealed class RuleField
{
    public const string Allowed = "account, counterparty, or a field of meta such as meta.channel";

    private const string Account = "account";
    private const string Counterparty = "counterparty";
    private const string MetaPrefix = "meta.";
    private readonly byte[][] _path;

    private RuleField(string name)
    {
        Name = name;
        _path = name.StartsWith(MetaPrefix, StringComparison.Ordinal) ? [.. name[MetaPrefix.Length..].Split('.').Select(Encoding.UTF8.GetBytes)] : [];
    }

    public string Name { get; }

    /// <summary>Null for what is no such name.</summary>
    public static RuleField? Parse(string name)
    {
        bool isMeta = name.StartsWith(MetaPrefix, StringComparison.Ordinal) && Array.TrueForAll(name.Split('.'), static part => part.Length > 0);
        return name is Account or Counterparty || isMeta ? new RuleField(name) : null;
    }

    /// <summary>Text, number or truth value as text; null where it is missing, null, or an object.</summary>
    public string? Read(in RuleContext context)
    {
        if (_path.Length == 0)
        {
            return Name == Account ? context.Row.AccountId : context.Row.CounterpartyId;
        }

        return TryFind(context, out Utf8JsonReader at) ? at.TokenType switch
        {
            JsonTokenType.String => at.GetString(),
            JsonTokenType.Number => Encoding.UTF8.GetString(at.ValueSpan),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => null,
        }
        : null;
    }

    public bool IsMissing(in RuleContext context) =>
        _path.Length == 0 ? Read(context) is null : !TryFind(context, out Utf8JsonReader at) || at.TokenType == JsonTokenType.Null;

    /// <summary>The text of the list that it is; null where it is none of them. Nothing is allocated for it.</summary>
    public string? ReadOneOf(in RuleContext context, IReadOnlyList<string> texts)
    {
        if (_path.Length == 0)
        {
            return Read(context) is { } value && texts.Contains(value, StringComparer.Ordinal) ? value : null;
        }

        if (TryFind(context, out Utf8JsonReader at))
        {
            for (int i = 0; i < texts.Count; i++)
            {
                bool same = at.TokenType switch
                {
                    JsonTokenType.String => at.ValueTextEquals(texts[i]),
                    JsonTokenType.Number => IsSame(at.ValueSpan, texts[i]),
                    JsonTokenType.True => texts[i] == "true",
                    JsonTokenType.False => texts[i] == "false",
                    _ => false,
                };
                if (same)
                {
                    return texts[i];
                }
            }
        }

        return null;
    }

    /// <summary>A number, or a text that is one; else null.</summary>
    public decimal? ReadNumber(in RuleContext context) =>
        _path.Length > 0 && TryFind(context, out Utf8JsonReader at) && at.TokenType is JsonTokenType.Number or JsonTokenType.String
        && decimal.TryParse(at.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static bool IsSame(ReadOnlySpan<byte> digits, string text)
    {
        Span<byte> wanted = stackalloc byte[64];
        return text.Length <= wanted.Length && Encoding.UTF8.TryGetBytes(text, wanted, out int length) && digits.SequenceEqual(wanted[..length]);
    }

    private bool TryFind(in RuleContext context, out Utf8JsonReader at)
    {
        at = default;
        if (context.Row.Meta is not { } meta)
        {
            return false;
        }

        Utf8JsonReader reader = new(meta);
        reader.Read();
        foreach (byte[] name in _path)
        {
            if (!TryEnter(ref reader, name))
            {
                return false;
            }
        }

        at = reader;
        return true;
    }

    /// <summary>From an object's start to the value of one of its members.</summary>
    private static bool TryEnter(ref Utf8JsonReader reader, byte[] name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
