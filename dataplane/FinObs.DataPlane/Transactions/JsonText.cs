using System.Text.Json;

namespace FinObs.DataPlane.Transactions;

/// <summary>Strings and depth of untrusted JSON.</summary>
internal static class JsonText
{
    /// <summary>Nesting inside one item. The item itself is level one.</summary>
    public const int MaxItemDepth = 16;

    /// <summary>How deep a whole body may be: deeper than an item, so that one deep item is an error in its place; shallow enough that a body of
    /// brackets fails at once.</summary>
    public const int MaxBodyDepth = 512;

    /// <summary>The answer to an item nested deeper.</summary>
    public static readonly ItemError TooDeep = new(
        ItemErrorCodes.TooDeep, "The item is nested more than 16 levels deep: flatten it, or send the deep part as a string.");

    /// <summary>Whether a reader of that depth gave up over it rather than over broken JSON. It reports both in the same way.</summary>
    public static bool IsTooDeep(in Utf8JsonReader failed) => failed.CurrentDepth >= MaxBodyDepth - 1;

    /// <summary>The string or name that <paramref name="reader"/> stands on; false where an escape is half a surrogate pair.</summary>
    public static bool TryGet(ref Utf8JsonReader reader, out string text)
    {
        try
        {
            text = reader.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that the text has no UTF-16 form; there is no Try method.
            text = "";
            return false;
        }
    }
}
