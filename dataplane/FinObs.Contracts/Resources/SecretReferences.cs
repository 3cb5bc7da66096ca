using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace FinObs.Contracts.Resources;

/// <summary>A Secret that a spec refers to.</summary>
/// <param name="Path">Where it does, e.g. <c>spec.signing.secretRef</c>.</param>
/// <param name="Name">Name of the Secret.</param>
/// <param name="Key">Which of its keys; none = all of them.</param>
public sealed record SecretReference(string Path, string Name, string? Key);

/// <summary>Finds the Secrets that a spec refers to, whatever its kind: every <see cref="SecretKeyRef"/> and <see cref="SecretRef"/> in it.</summary>
public static class SecretReferences
{
    /// <summary>In the order of the fields; the same Secret may be referred to more than once.</summary>
    public static IReadOnlyList<SecretReference> Of(ResourceSpec spec)
    {
        List<SecretReference> found = [];
        Collect(spec, "spec", found);
        return found;
    }

    private static void Collect(object? value, string path, List<SecretReference> found)
    {
        switch (value)
        {
            case SecretKeyRef key:
                found.Add(new SecretReference(path, key.Name, key.Key));
                break;
            case SecretRef whole:
                found.Add(new SecretReference(path, whole.Name, Key: null));
                break;
            case IList items:
                for (int i = 0; i < items.Count; i++)
                {
                    Collect(items[i], $"{path}[{i}]", found);
                }

                break;
            case not null when value.GetType() is { IsClass: true } type && type.Assembly == typeof(SecretReferences).Assembly:
                foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    Collect(property.GetValue(value), $"{path}.{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}", found);
                }

                break;
        }
    }
}
