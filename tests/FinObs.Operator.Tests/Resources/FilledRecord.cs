using System.Reflection;
using FinObs.Contracts.Resources;

namespace FinObs.Operator.Tests.Resources;

/// <summary>A record with a value in every field, however deep.</summary>
internal static class FilledRecord
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567);

    public static object Of(Type type)
    {
        object record = Activator.CreateInstance(type)!;
        foreach (PropertyInfo field in type.GetProperties())
        {
            field.SetValue(record, Value(Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType));
        }

        return record;
    }

    private static object Value(Type type) => type switch
    {
        _ when type == typeof(string) => "Text",
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => int.MaxValue,
        _ when type == typeof(long) => long.MaxValue,
        _ when type == typeof(decimal) => -0.1234567890123456789012345678m,
        _ when type == typeof(Duration) => new Duration(TimeSpan.FromMilliseconds(5_405_001)),
        _ when type == typeof(DateTimeOffset) => At,
        { IsEnum: true } => Enum.GetValues(type).GetValue(0)!,
        { IsGenericType: true } => OneOf(type.GetGenericArguments()[0]),
        _ => Of(type),
    };

    private static Array OneOf(Type item)
    {
        Array items = Array.CreateInstance(item, 1);
        items.SetValue(Value(item), 0);
        return items;
    }
}
