using System.Collections;

namespace FinObs.DataPlane.Pii.Paths;

/// <summary>The named values of a log entry or a scope, without personal ones.</summary>
internal sealed class GuardedState(IReadOnlyList<KeyValuePair<string, object?>> values, string text) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The template of a message stands among its values under this name.</summary>
    private const string Template = "{OriginalFormat}";

    public int Count => values.Count;

    public KeyValuePair<string, object?> this[int index] => values[index];

    /// <summary>The same where nothing had to go.</summary>
    public static object Of(PiiGuard guard, object state, string text)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> pairs)
        {
            return guard.Clean(text);
        }

        List<KeyValuePair<string, object?>> clean = [];
        foreach (KeyValuePair<string, object?> pair in pairs)
        {
            clean.Add(pair.Key == Template || pair.Value is not string and not Uri and not IFormattable and not IEnumerable<string> || IsPlain(pair.Value)
                ? pair
                : new KeyValuePair<string, object?>(pair.Key, Clean(guard, pair.Value)));
        }

        return new GuardedState(clean, guard.Clean(text));
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => text;

    private static object? Clean(PiiGuard guard, object? value) => value switch
    {
        string text => guard.Clean(text),
        IEnumerable<string> texts => texts.Select(text => guard.Clean(text)).ToArray(),
        IFormattable or Uri => guard.Clean(value.ToString() ?? ""),
        _ => value,
    };

    /// <summary>Numbers of few digits, times, ids: they keep their type.</summary>
    private static bool IsPlain(object? value) => value is bool or byte or short or int or double or float or decimal or Guid or DateTimeOffset or DateTime or TimeSpan or Enum;
}
