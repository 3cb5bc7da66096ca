using System.Text;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.Validation;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Resources;

/// <summary>A submission, read and validated.</summary>
internal sealed record ReadSubmission
{
    public required ResourceSubmission Submission { get; init; }

    public required NormalSpec Spec { get; init; }

    /// <summary>The values that the spec refers to, and no others.</summary>
    public required IReadOnlyDictionary<(string Secret, string Key), byte[]> Secrets { get; init; }

    /// <summary>Versions of the Secrets that the spec refers to, in canonical JSON.</summary>
    public required string SecretVersions { get; init; }

    /// <summary>Labels in canonical JSON.</summary>
    public required string Labels { get; init; }
}

/// <summary>Reads what comes to the door; whoever brings it, file, operator or REST user, meets the same rules.</summary>
internal static class SubmissionReader
{
    private const int LongestName = 253;
    private const int LongestReason = 1024;
    private const int MostLabels = 64;

    /// <summary>One of the two.</summary>
    /// <param name="key">What it is to be called.</param>
    /// <param name="submission">What was sent.</param>
    /// <param name="old">What it replaces, for rules about changes.</param>
    public static (ReadSubmission? Read, IReadOnlyList<FieldError> Errors) Read(ResourceKey key, ResourceSubmission submission, CustomResource? old)
    {
        List<FieldError> errors = [.. Frame(key, submission)];
        if (errors.Count > 0)
        {
            return (null, errors);
        }

        (NormalSpec? spec, IReadOnlyList<FieldError> wrong) = NormalSpec.Read(key, submission.Spec, old);
        if (spec is null)
        {
            return (null, wrong);
        }

        Dictionary<(string, string), byte[]> values = [];
        SortedDictionary<string, string> versions = new(StringComparer.Ordinal);
        foreach (SecretReference reference in SecretReferences.Of(spec.Spec))
        {
            Take(reference, submission.Secrets, values, versions, errors);
        }

        return errors.Count > 0
            ? (null, errors)
            : (new ReadSubmission { Submission = submission, Spec = spec, Secrets = values, SecretVersions = Canonical(versions), Labels = Canonical(submission.Labels) }, []);
    }

    /// <summary>All but the spec.</summary>
    private static IEnumerable<FieldError> Frame(ResourceKey key, ResourceSubmission submission)
    {
        if (key.Namespace.Length is 0 or > 63 || !Matches(Patterns.DnsLabel, key.Namespace))
        {
            yield return new FieldError("metadata.namespace", "must be a DNS label: lower-case letters, digits and hyphens, at most 63");
        }

        bool isFromApiServer = submission.ManagedBy == ResourceOwner.Operator;
        if (isFromApiServer && (submission.Uid is not { Length: > 0 and <= 128 } || HasControl(submission.Uid)))
        {
            yield return new FieldError("uid", "is required of the operator: the object's metadata.uid");
        }

        if (isFromApiServer && submission.Generation is not > 0)
        {
            yield return new FieldError("generation", "is required of the operator: the object's metadata.generation");
        }

        if (isFromApiServer && submission.CreatedAt is null)
        {
            yield return new FieldError("createdAt", "is required of the operator: the object's metadata.creationTimestamp");
        }

        if (!isFromApiServer && (submission.Uid is not null || submission.Generation is not null || submission.CreatedAt is not null))
        {
            yield return new FieldError("uid", "uid, generation and createdAt are given by the data plane where it is not the operator that submits: leave them out");
        }

        if (submission.ChangedBy is { } by && (by.Length > LongestName || HasControl(by)))
        {
            yield return new FieldError("changedBy", $"must have at most {LongestName} characters and no control characters");
        }

        if (submission.ChangeReason is { } reason && (reason.Length > LongestReason || HasControl(reason)))
        {
            yield return new FieldError("changeReason", $"must have at most {LongestReason} characters and no control characters");
        }

        if (submission.Labels is { } labels && (labels.Count > MostLabels || labels.Any(label => label.Key.Length > 317 || label.Value is null or { Length: > 63 } || HasControl(label.Key) || HasControl(label.Value))))
        {
            yield return new FieldError("labels", $"must be at most {MostLabels} labels in the form of Kubernetes");
        }
    }

    private static void Take(
        SecretReference reference,
        IReadOnlyDictionary<string, SubmittedSecret>? submitted,
        Dictionary<(string, string), byte[]> values,
        SortedDictionary<string, string> versions,
        List<FieldError> errors)
    {
        if (submitted?.GetValueOrDefault(reference.Name) is not { } secret)
        {
            errors.Add(new FieldError(reference.Path, $"refers to the Secret {reference.Name}, which was not submitted: send it under secrets.{reference.Name}"));
            return;
        }

        if (secret.ResourceVersion.Length is 0 or > 128 || HasControl(secret.ResourceVersion))
        {
            errors.Add(new FieldError($"secrets.{reference.Name}.resourceVersion", "must have 1 to 128 characters and no control characters"));
        }

        string[] keys = reference.Key is { } one ? [one] : [.. secret.Data.Keys];
        foreach (string key in keys)
        {
            if (!secret.Data.TryGetValue(key, out string? text))
            {
                errors.Add(new FieldError(reference.Path, $"refers to the key {key} of the Secret {reference.Name}, which was submitted without it: send it under secrets.{reference.Name}.data"));
            }
            else if (key.Length is 0 or > LongestName || HasControl(key) || Decode(text) is not { } value)
            {
                errors.Add(new FieldError($"secrets.{reference.Name}.data.{key}", "must be base64"));
            }
            else
            {
                values[(reference.Name, key)] = value;
                versions[reference.Name] = secret.ResourceVersion;
            }
        }
    }

    private static byte[]? Decode(string? text)
    {
        try
        {
            return text is null ? null : Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Canonical(IEnumerable<KeyValuePair<string, string>>? pairs) => Encoding.UTF8.GetString(
        CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(new SortedDictionary<string, string>((pairs ?? []).ToDictionary(pair => pair.Key, pair => pair.Value), StringComparer.Ordinal))));

    private static bool HasControl(string text) => text.Any(char.IsControl) || text.Any(char.IsSurrogate);

    private static bool Matches(string pattern, string text) =>
        System.Text.RegularExpressions.Regex.IsMatch(text, pattern, System.Text.RegularExpressions.RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
