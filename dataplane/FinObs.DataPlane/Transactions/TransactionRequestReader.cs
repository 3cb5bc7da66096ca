using System.Text;
using System.Text.Json;

namespace FinObs.DataPlane.Transactions;

/// <summary>Reads one JSON object into a <see cref="TransactionRequest"/>. The text around it must be valid UTF-8; broken JSON throws
/// <see cref="JsonException"/> and nothing else throws.</summary>
internal sealed class TransactionRequestReader(bool strict)
{
    private const int MaxIgnoredNames = 20;
    private const int MaxIgnoredNameLength = 100;

    private static readonly ItemError NotAnObject = new(
        ItemErrorCodes.NotAnObject, "The item is not a JSON object: send {\"amount\": …, \"transaction_id\": …}.");

    private static readonly ItemError InvalidName = new(
        ItemErrorCodes.TextInvalid, "A field's name holds half a surrogate pair: remove it.");

    private readonly List<string> _ignored = [];
    private readonly string?[] _values = new string?[Names.Length];

    /// <summary>Names of the fields that were read over, at most 20, in order of appearance.</summary>
    public IReadOnlyList<string> IgnoredFields => _ignored;

    /// <summary>Reads the value that the reader stands on and leaves the reader on its last token, whatever is wrong with it.</summary>
    public TransactionItem Read(ref Utf8JsonReader reader, in TransactionRequestContext context)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return new TransactionItem.Invalid(null, NotAnObject);
        }

        var fields = new Fields(_values);
        ItemError? firstError = null;
        int maxDepth = reader.CurrentDepth + JsonText.MaxItemDepth;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            ItemError? error = ReadField(ref reader, ref fields, maxDepth);
            firstError ??= error;
        }

        TransactionRequest request = fields.ToRequest();
        return firstError is null ? request.Validate(context) : request.Reject(firstError);
    }

    private ItemError? ReadField(ref Utf8JsonReader reader, ref Fields fields, int maxDepth)
    {
        Field field = Identify(ref reader);
        if (field == Field.Unknown)
        {
            return ReadOver(ref reader, maxDepth);
        }

        string name = Names[(int)field];
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return fields.Mark(field, name);
        }

        ItemError? error = field == Field.Meta
            ? ReadMeta(ref reader, ref fields, maxDepth)
            : ReadText(ref reader, ref fields, field, name);
        reader.Skip();
        return error;
    }

    private static ItemError? ReadMeta(ref Utf8JsonReader reader, ref Fields fields, int maxDepth)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return WrongType("meta", "an object such as {\"channel\": \"branch\"}");
        }

        ItemError? error = CanonicalMeta.TryRead(reader, maxDepth, out byte[]? meta);
        fields.Meta = meta;
        return error ?? fields.Mark(Field.Meta, "meta");
    }

    private static ItemError? ReadText(ref Utf8JsonReader reader, ref Fields fields, Field field, string name)
    {
        bool numberAllowed = field is Field.Amount or Field.Timestamp;
        string? text;
        if (reader.TokenType == JsonTokenType.String)
        {
            text = field is Field.Type or Field.TransactionType or Field.Currency or Field.Direction ? CommonWords.Find(reader) : null;
            if (text is null && !JsonText.TryGet(ref reader, out text))
            {
                return new(ItemErrorCodes.TextInvalid, $"\"{name}\" holds half a surrogate pair: remove it.");
            }
        }
        else if (numberAllowed && reader.TokenType == JsonTokenType.Number)
        {
            text = Encoding.ASCII.GetString(reader.ValueSpan);
        }
        else
        {
            return WrongType(name, numberAllowed ? "a number or a string" : "a string in quotes");
        }

        return fields.Mark(field, name) ?? fields.Set(field, text);
    }

    private static ItemError WrongType(string name, string expected) => new(ItemErrorCodes.WrongType, $"\"{name}\" has the wrong type: send {expected}.");

    private ItemError? ReadOver(ref Utf8JsonReader reader, int maxDepth)
    {
        if (!JsonText.TryGet(ref reader, out string name))
        {
            reader.Read();
            reader.Skip();
            return InvalidName;
        }

        if (!strict && _ignored.Count < MaxIgnoredNames && name.Length <= MaxIgnoredNameLength && !_ignored.Contains(name))
        {
            _ignored.Add(name);
        }

        reader.Read();
        bool tooDeep = IsDeeperThan(maxDepth, reader);
        reader.Skip();
        return tooDeep ? JsonText.TooDeep
            : strict ? new(ItemErrorCodes.UnknownField, "The item has a field that nothing here reads: remove it, put it inside \"meta\", or leave out strict=true.")
            : null;
    }

    private static bool IsDeeperThan(int maxDepth, Utf8JsonReader reader)
    {
        int start = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return false;
        }

        do
        {
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= maxDepth)
            {
                return true;
            }
        }
        while (reader.Read() && reader.CurrentDepth > start);
        return false;
    }

    private static Field Identify(ref Utf8JsonReader reader)
    {
        // A plain property name is at least as long as the name it stands for: escapes only lengthen.
        if (reader.ValueSpan.Length is < 2 or > 200)
        {
            return Field.Unknown;
        }

        for (int i = 0; i < Utf8Names.Length; i++)
        {
            if (NameEquals(ref reader, Utf8Names[i])) return (Field)i;
        }

        return Field.Unknown;
    }

    private static bool NameEquals(ref Utf8JsonReader reader, byte[] name) =>
        reader.ValueIsEscaped ? JsonText.TryGet(ref reader, out string text) && text == Encoding.ASCII.GetString(name) : reader.ValueSpan.SequenceEqual(name);

    // In the order of how often they are sent.
    private enum Field
    {
        Unknown = -1,
        TransactionId, Amount, Type, Timestamp, Currency, Account, Counterparty, Meta, Direction, TransactionType, AccountId, CounterpartyId, Id,
    }

    private static readonly string[] Names =
    [
        "transaction_id", "amount", "type", "timestamp", "currency", "account", "counterparty", "meta", "direction", "transaction_type",
        "account_id", "counterparty_id", "id",
    ];

    private static readonly byte[][] Utf8Names = [.. Names.Select(Encoding.ASCII.GetBytes)];

    private struct Fields
    {
        private readonly string?[] _values;
        private int _seen;

        public Fields(string?[] values)
        {
            Array.Clear(values);
            _values = values;
        }

        public byte[]? Meta { get; set; }

        public ItemError? Mark(Field field, string name)
        {
            bool again = (_seen & (1 << (int)field)) != 0;
            _seen |= 1 << (int)field;
            return again ? new(ItemErrorCodes.DuplicateField, $"\"{name}\" appears twice in the item: send it once.") : null;
        }

        public readonly ItemError? Set(Field field, string text)
        {
            _values[(int)field] = text;
            Field other = AliasOf(field);
            return other == Field.Unknown || _values[(int)other] is not { } value || value == text
                ? null
                : new(ItemErrorCodes.AliasConflict, $"\"{Names[(int)field]}\" and \"{Names[(int)other]}\" are two names of one field with different values: send one of them.");
        }

        public readonly TransactionRequest ToRequest() => new()
        {
            TransactionId = this[Field.TransactionId, Field.Id],
            Amount = _values[(int)Field.Amount],
            Type = this[Field.Type, Field.TransactionType],
            Timestamp = _values[(int)Field.Timestamp],
            Currency = _values[(int)Field.Currency],
            Account = this[Field.Account, Field.AccountId],
            Counterparty = this[Field.Counterparty, Field.CounterpartyId],
            Direction = _values[(int)Field.Direction],
            Meta = Meta,
        };

        private readonly string? this[Field name, Field alias] => _values[(int)name] ?? _values[(int)alias];

        private static Field AliasOf(Field field) => field switch
        {
            Field.TransactionId => Field.Id,
            Field.Id => Field.TransactionId,
            Field.Type => Field.TransactionType,
            Field.TransactionType => Field.Type,
            Field.Account => Field.AccountId,
            Field.AccountId => Field.Account,
            Field.Counterparty => Field.CounterpartyId,
            Field.CounterpartyId => Field.Counterparty,
            _ => Field.Unknown,
        };
    }
}
