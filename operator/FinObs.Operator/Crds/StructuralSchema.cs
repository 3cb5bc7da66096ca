using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Operator.Crds;

/// <summary>The structural schema (OpenAPI 3 as the API server takes it) of a record, from its types, attributes, summaries and initial values.</summary>
/// <param name="documentation">Where descriptions come from.</param>
/// <param name="hasDefaults">True in a spec: what its author leaves out is filled in by the server. A status has only what was found.</param>
internal sealed class StructuralSchema(XmlDocumentation documentation, bool hasDefaults)
{
    private const string NumberHint = " A number in quotes.";
    private const string DurationHint = " A length of time like 90s or 1h30m.";

    /// <summary>A description without the hint at its form, for readers who see the form beside it.</summary>
    public static string WithoutHint(string description) => description.Replace(NumberHint, "").Replace(DurationHint, "");

    /// <summary>An object with the record's fields in the order in which they are declared, those it inherits last.</summary>
    public JsonObject OfRecord(Type record, string description)
    {
        PropertyInfo[] fields = [.. FieldsOf(record)];
        JsonObject schema = new() { ["description"] = description, ["type"] = "object" };
        schema["properties"] = new JsonObject(fields.Select(field => KeyValuePair.Create<string, JsonNode?>(NameOf(field), OfField(field, record))));
        if (fields.Where(IsRequired).Select(NameOf).ToArray() is { Length: > 0 } required)
        {
            schema["required"] = Strings(required);
        }

        AddRules(schema, record.GetCustomAttributes<RuleAttribute>());
        return schema;
    }

    public static void AddRules(JsonObject schema, IEnumerable<RuleAttribute> rules)
    {
        foreach (RuleAttribute rule in rules)
        {
            AddRule(schema, rule.Cel, rule.Message, rule.FieldPath);
        }
    }

    public static string NameOf(PropertyInfo field) => JsonNamingPolicy.CamelCase.ConvertName(field.Name);

    public static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private static IEnumerable<PropertyInfo> FieldsOf(Type record)
    {
        for (Type? type = record; type is not null; type = type.BaseType)
        {
            foreach (PropertyInfo field in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(field => field.MetadataToken))
            {
                yield return field;
            }
        }
    }

    private static bool IsRequired(PropertyInfo field) => field.IsDefined(typeof(RequiredMemberAttribute));

    private static bool IsRecord(Type type) => type.IsClass && type.Assembly == typeof(CustomResource).Assembly;

    private JsonObject OfField(PropertyInfo field, Type owner)
    {
        Type type = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
        JsonObject schema = OfType(type, field, documentation.Of(field));
        if (hasDefaults && DefaultOf(field, owner) is { } value)
        {
            schema.Insert(2, "default", value);
        }

        AddRules(schema, field.GetCustomAttributes<RuleAttribute>());
        if (field.IsDefined(typeof(ImmutableAttribute)))
        {
            AddRule(schema, ImmutableAttribute.Cel, ImmutableAttribute.Message, fieldPath: null);
        }

        return schema;
    }

    private JsonObject OfType(Type type, PropertyInfo field, string description)
    {
        if (IsRecord(type))
        {
            return OfRecord(type, description);
        }

        if (type.IsGenericType)
        {
            Type[] of = type.GetGenericArguments();
            return of.Length == 1 ? OfList(of[0], field, description) : OfMap(field, description);
        }

        JsonObject schema = OfScalar(type, description);
        if (field.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern)
        {
            schema["pattern"] = pattern.Pattern;
        }

        if (field.GetCustomAttribute<StringLengthAttribute>() is { } length)
        {
            AddBounds(schema, "Length", length.MinimumLength, length.MaximumLength);
        }

        if (field.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = (int)range.Minimum;
            schema["maximum"] = (int)range.Maximum;
        }

        return schema;
    }

    private JsonObject OfScalar(Type type, string description)
    {
        if (type.IsEnum)
        {
            return new() { ["description"] = description + ValuesOf(type), ["type"] = "string", ["enum"] = Strings(Enum.GetNames(type)) };
        }

        return type switch
        {
            _ when type == typeof(string) => Scalar(description, "string"),
            _ when type == typeof(bool) => Scalar(description, "boolean"),
            _ when type == typeof(int) => Scalar(description, "integer", "int32"),
            _ when type == typeof(long) => Scalar(description, "integer", "int64"),
            _ when type == typeof(decimal) => Scalar(description + NumberHint, "string", format: null, Patterns.Number, Patterns.NumberMaxLength),
            _ when type == typeof(Duration) => Scalar(description + DurationHint, "string", format: null, Patterns.Duration, Patterns.DurationMaxLength),
            _ when type == typeof(DateTimeOffset) => Scalar(description, "string", "date-time", Patterns.Time, Patterns.TimeMaxLength),
            _ => throw new InvalidOperationException($"No schema is known for {type}."),
        };
    }

    private static JsonObject Scalar(string description, string type, string? format = null, string? pattern = null, int? maxLength = null)
    {
        JsonObject schema = new() { ["description"] = description, ["type"] = type };
        AddIfAny(schema, "format", format);
        AddIfAny(schema, "pattern", pattern);
        AddIfAny(schema, "maxLength", maxLength);
        return schema;
    }

    private JsonObject OfList(Type item, PropertyInfo field, string description)
    {
        JsonObject schema = new() { ["description"] = description, ["type"] = "array" };
        AddBounds(schema, "Items", field.GetCustomAttribute<MinLengthAttribute>()?.Length, field.GetCustomAttribute<MaxLengthAttribute>()?.Length);
        JsonObject items = IsRecord(item) ? OfRecord(item, documentation.Of(item)) : OfScalar(item, item.IsEnum ? documentation.Of(item) : "");
        if (!IsRecord(item) && !item.IsEnum)
        {
            items.Remove("description");
            AddItemPattern(items, field);
        }

        schema["items"] = items;
        string? key = field.GetCustomAttribute<ListMapKeyAttribute>()?.Key;
        schema["x-kubernetes-list-type"] = key is not null ? "map" : field.IsDefined(typeof(ListSetAttribute)) ? "set" : "atomic";
        if (key is not null)
        {
            schema["x-kubernetes-list-map-keys"] = Strings([key]);
        }

        return schema;
    }

    private static JsonObject OfMap(PropertyInfo field, string description)
    {
        JsonObject schema = new() { ["description"] = description, ["type"] = "object" };
        AddBounds(schema, "Properties", field.GetCustomAttribute<MinLengthAttribute>()?.Length, field.GetCustomAttribute<MaxLengthAttribute>()?.Length);
        JsonObject values = new() { ["type"] = "string" };
        AddItemPattern(values, field);
        schema["additionalProperties"] = values;
        return schema;
    }

    /// <summary>
    /// A nested record gets <c>{}</c>, which the server fills in with the defaults of its fields; in full where it has rules, because the server checks
    /// those on the default as it is written.
    /// </summary>
    private static JsonNode? DefaultOf(PropertyInfo field, Type owner)
    {
        if (IsRequired(field) || field.GetValue(Activator.CreateInstance(owner)) is not { } value)
        {
            return null;
        }

        Type type = field.PropertyType;
        JsonNode written = JsonSerializer.SerializeToNode(value, type, ResourceJson.Strict)!;
        return IsRecord(type) && !type.IsDefined(typeof(RuleAttribute), inherit: false) && JsonNode.DeepEquals(written, JsonSerializer.SerializeToNode(Activator.CreateInstance(type), type, ResourceJson.Strict))
            ? new JsonObject()
            : written;
    }

    /// <summary>In the form of Kubernetes' own descriptions.</summary>
    private string ValuesOf(Type type) => "\n\nPossible enum values:" + string.Concat(
        Enum.GetNames(type).Select(name => $"\n - {name}: {documentation.Of(type.GetField(name)!)}"));

    private static void AddItemPattern(JsonObject items, PropertyInfo field)
    {
        if (field.GetCustomAttribute<ItemPatternAttribute>() is { } form)
        {
            items["pattern"] = form.Pattern;
            items["maxLength"] = form.MaxLength;
        }
    }

    private static void AddRule(JsonObject schema, string cel, string message, string? fieldPath)
    {
        JsonObject rule = new() { ["rule"] = cel, ["message"] = message };
        AddIfAny(rule, "fieldPath", fieldPath);
        if (schema["x-kubernetes-validations"] is not JsonArray rules)
        {
            schema["x-kubernetes-validations"] = rules = [];
        }

        rules.Add(rule);
    }

    private static void AddBounds(JsonObject schema, string what, int? min, int? max)
    {
        AddIfAny(schema, "min" + what, min is 0 ? null : min);
        AddIfAny(schema, "max" + what, max);
    }

    private static void AddIfAny<T>(JsonObject schema, string name, T? value)
    {
        if (value is not null)
        {
            schema[name] = JsonValue.Create(value);
        }
    }
}
