using System.Text;
using FinObs.Contracts.Resources;

namespace FinObs.DataPlane.Resources.Secrets;

/// <summary>The values of the Secrets that one resource refers to, in the clear: for the handler's hands only.</summary>
internal sealed class ResourceSecrets(IReadOnlyDictionary<(string Secret, string Key), byte[]> values)
{
    public static readonly ResourceSecrets None = new(new Dictionary<(string Secret, string Key), byte[]>());

    /// <summary>Null where it was not submitted.</summary>
    public byte[]? Find(SecretKeyRef reference) => values.GetValueOrDefault((reference.Name, reference.Key));

    /// <summary>The same as text; null also where it is not UTF-8.</summary>
    public string? FindText(SecretKeyRef reference)
    {
        try
        {
            return Find(reference) is { } value ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(value) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>All values of a Secret by their key.</summary>
    public IReadOnlyDictionary<string, byte[]> Of(string secret) =>
        values.Where(pair => pair.Key.Secret == secret).ToDictionary(pair => pair.Key.Key, pair => pair.Value);

    /// <summary>Never shows a value.</summary>
    public override string ToString() => $"{values.Count} secret values";
}
