using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FinObs.Contracts.Resources;

/// <summary>A length of time, written as Go and Kubernetes write it: <c>24h</c>, <c>1h30m</c>, <c>250ms</c>.</summary>
/// <param name="Value">The same as a <see cref="TimeSpan"/>; not negative.</param>
[JsonConverter(typeof(DurationJsonConverter))]
public readonly record struct Duration(TimeSpan Value)
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
        [("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1))];

    /// <summary>Whole hours.</summary>
    public static Duration Hours(int hours) => new(TimeSpan.FromHours(hours));

    /// <summary>Whole minutes.</summary>
    public static Duration Minutes(int minutes) => new(TimeSpan.FromMinutes(minutes));

    /// <summary>Whole seconds.</summary>
    public static Duration Seconds(int seconds) => new(TimeSpan.FromSeconds(seconds));

    /// <summary>Reads <c>1h30m</c>; false for anything that <see cref="Patterns.Duration"/> does not match.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Duration duration)
    {
        duration = default;
        if (text is null || text.Length > Patterns.DurationMaxLength || !Patterns.IsMatch(Patterns.Duration, text))
        {
            return false;
        }

        TimeSpan sum = TimeSpan.Zero;
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            int letters = rest[digits..].IndexOfAnyInRange('0', '9');
            int end = letters < 0 ? rest.Length : digits + letters;
            string unit = rest[digits..end].ToString();
            sum += Array.Find(Units, known => known.Unit == unit).Length * int.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[end..];
        }

        duration = new Duration(sum);
        return true;
    }

    /// <summary>The shortest text that <see cref="TryParse"/> reads back, for everything below ten million hours.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        TimeSpan rest = Value;
        foreach ((string unit, TimeSpan length) in Units)
        {
            long count = rest.Ticks / length.Ticks;
            if (count > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
                rest -= length * count;
            }
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }
}

internal sealed class DurationJsonConverter : JsonConverter<Duration>
{
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Duration.TryParse(reader.GetString(), out Duration duration)
            ? duration
            : throw new JsonException("must be a length of time like \"24h\", \"1h30m\" or \"250ms\"");

    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
