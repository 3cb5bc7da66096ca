namespace FinObs.DataPlane.Audit.Canonical;

/// <summary>A flat object in canonical JSON, its members in whatever order they are given: for acts that happen seldom, where a sort costs nothing and an order kept by hand is a trap.</summary>
internal static class CanonicalObject
{
    /// <exception cref="ArgumentException">A value is of a type that has no form here.</exception>
    public static byte[] Of(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        (string Name, object? Value)[] sorted = members.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        foreach ((string name, object? value) in sorted)
        {
            writer.Name(name);
            Write(writer, value);
        }

        writer.EndObject();
        return writer.Written.ToArray();
    }

    private static void Write(CanonicalJsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.Null(); break;
            case string text: writer.Value(text); break;
            case bool truth: writer.Value(truth); break;
            case int number: writer.Value(number); break;
            case long number: writer.Value(number); break;
            case decimal number: writer.Value(number); break;
            case double number: writer.Value(number); break;
            case DateTimeOffset instant: writer.Value(instant); break;
            case Guid id: writer.Value(id); break;
            case Enum name: writer.Value(name.ToString()); break;
            case IEnumerable<string> texts: List(writer, texts); break;
            case IEnumerable<Guid> ids: List(writer, ids.Select(id => id.ToString())); break;
            default: throw new ArgumentException($"{value.GetType().Name} has no canonical form here.", nameof(value));
        }
    }

    private static void List(CanonicalJsonWriter writer, IEnumerable<string> texts)
    {
        writer.BeginArray();
        foreach (string text in texts)
        {
            writer.Value(text);
        }

        writer.EndArray();
    }
}
