namespace FinObs.DataPlane.Transactions;

/// <summary>The words that programs may switch on. Adding one is fine, changing one breaks clients.</summary>
internal static class ItemErrorCodes
{
    public const string NotAnObject = "not_an_object";
    public const string MalformedJson = "malformed_json";
    public const string InvalidUtf8 = "invalid_utf8";
    public const string TooDeep = "too_deep";
    public const string LineTooLong = "line_too_long";
    public const string WrongType = "wrong_type";
    public const string DuplicateField = "duplicate_field";
    public const string AliasConflict = "alias_conflict";
    public const string UnknownField = "unknown_field";
    public const string TextEmpty = "text_empty";
    public const string TextTooLong = "text_too_long";
    public const string TextInvalid = "text_invalid";
    public const string AmountMissing = "amount_missing";
    public const string AmountInvalid = "amount_invalid";
    public const string AmountNotPositive = "amount_not_positive";
    public const string AmountTooLarge = "amount_too_large";
    public const string AmountTooPrecise = "amount_too_precise";
    public const string CurrencyUnknown = "currency_unknown";
    public const string TypeInvalid = "type_invalid";
    public const string DirectionInvalid = "direction_invalid";
    public const string TimestampInvalid = "timestamp_invalid";
    public const string TimestampWithoutZone = "timestamp_without_zone";
    public const string TimestampInFuture = "timestamp_in_future";
    public const string TimestampTooOld = "timestamp_too_old";
    public const string MetaTooLarge = "meta_too_large";
    public const string Conflict = "conflict";
}
