using System.Collections;
using System.Text.Json;

namespace FinObs.Contracts.Resources.Validation;

/// <summary>Says what is wrong with a resource, by the same attributes that the custom resource definitions are made of: what the API server refuses is refused here too.</summary>
public static class ResourceValidator
{
    /// <summary>Every error, in the order of the fields; empty where there is none.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="old">What it replaces, for rules about changes; none = it is new.</param>
    public static IReadOnlyList<FieldError> Validate(CustomResource resource, CustomResource? old = null)
    {
        List<FieldError> errors = [];
        if (resource.Metadata.Name.Length is 0 or > 253 || !Patterns.IsMatch(Patterns.DnsSubdomain, resource.Metadata.Name))
        {
            errors.Add(new FieldError("metadata.name", "must be a DNS name: lower-case letters, digits, hyphens and dots, at most 253"));
        }

        Object(resource, old, "", errors);
        return errors;
    }

    private static void Object(object self, object? old, string path, List<FieldError> errors)
    {
        ValidatedType type = ValidatedType.Of(self.GetType());
        foreach (ValidatedField field in type.Fields)
        {
            object? value = field.ValueOf(self);
            object? before = old is null ? null : field.ValueOf(old);
            string fieldPath = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (field.IsImmutable && before is not null && !SameJson(value, before))
            {
                errors.Add(new FieldError(fieldPath, Schema.ImmutableAttribute.Message));
            }

            if (value is not null)
            {
                Value(field, value, before, fieldPath, errors);
            }
        }

        errors.AddRange(type.Rules.Where(rule => !rule.Holds(self, old)).Select(rule => new FieldError(At(path, rule.FieldPath), rule.Message)));
    }

    private static void Value(ValidatedField field, object value, object? before, string path, List<FieldError> errors)
    {
        int count = errors.Count;
        errors.AddRange(field.Problems(value).Select(problem => new FieldError(path + problem.At, problem.Problem)));
        if (errors.Count > count)
        {
            return;
        }

        errors.AddRange(field.Rules.Where(rule => !rule.Holds(value, before)).Select(rule => new FieldError(At(path, rule.FieldPath), rule.Message)));
        if (ValidatedType.IsRecordOfOurs(value.GetType()))
        {
            Object(value, before, path, errors);
        }
        else if (value is IEnumerable items and not string and not IDictionary)
        {
            int index = 0;
            foreach (object? item in items)
            {
                if (item is not null && ValidatedType.IsRecordOfOurs(item.GetType()))
                {
                    // Items have no identity that an old one could be found by: rules about changes stand on the list.
                    Object(item, null, $"{path}[{index}]", errors);
                }

                index++;
            }
        }
    }

    private static bool SameJson(object? left, object? right) =>
        JsonSerializer.Serialize(left, left?.GetType() ?? typeof(object), ResourceJson.Strict) == JsonSerializer.Serialize(right, right?.GetType() ?? typeof(object), ResourceJson.Strict);

    private static string At(string path, string? field) => path.Length == 0 ? (field ?? "").TrimStart('.') : path + field;
}
