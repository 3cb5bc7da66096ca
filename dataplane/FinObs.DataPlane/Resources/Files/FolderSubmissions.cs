using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.Validation;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>Makes submissions of documents, with the Secrets of the folder that their specs refer to.</summary>
internal sealed class FolderSubmissions(ResourceCatalogue catalogue, SecretVault vault)
{
    private const string VersionPrefix = "files-";
    private static readonly string[] KeptMetadata = ["name", "namespace", "labels", "annotations"];

    /// <summary>One of the two.</summary>
    public async Task<(ResourceSubmission? Submission, IReadOnlyList<FieldError> Errors)> OfAsync(
        FolderItem item, IReadOnlyDictionary<(string Namespace, string Name), FolderSecret> secrets, CancellationToken cancellationToken)
    {
        JsonObject document = (JsonObject)item.Document.Object!.DeepClone();
        Prune(document);

        // Read here for the names around the spec and for its references; the door reads it again, beside what is in force.
        ReadResource read = ResourceReader.Read(document);
        if (read.Resource is not { } resource)
        {
            return (null, read.Errors);
        }

        (Dictionary<string, SubmittedSecret> submitted, List<FieldError> missing) = await SecretsAsync(item.Key!.Value, NormalSpec.SpecOf(resource), secrets, cancellationToken);
        return missing.Count > 0
            ? (null, missing)
            : (new ResourceSubmission
            {
                ManagedBy = ResourceOwner.Files,
                Spec = (JsonObject)document["spec"]!.DeepClone(),
                Labels = resource.Metadata.Labels,
                Secrets = submitted,
                ChangedBy = resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.ChangedBy),
                ChangeReason = resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.ChangeReason),
            }, []);
    }

    /// <summary>What the API server writes into objects may stand in a file that was exported from it.</summary>
    private static void Prune(JsonObject document)
    {
        if (document["metadata"] is JsonObject metadata)
        {
            foreach (string name in metadata.Select(pair => pair.Key).Except(KeptMetadata).ToList())
            {
                metadata.Remove(name);
            }
        }
    }

    private async Task<(Dictionary<string, SubmittedSecret> Submitted, List<FieldError> Missing)> SecretsAsync(
        ResourceKey key, ResourceSpec spec, IReadOnlyDictionary<(string Namespace, string Name), FolderSecret> secrets, CancellationToken cancellationToken)
    {
        Dictionary<string, SubmittedSecret> submitted = [];
        List<FieldError> missing = [];
        foreach (IGrouping<string, SecretReference> references in SecretReferences.Of(spec).GroupBy(reference => reference.Name))
        {
            if (!secrets.TryGetValue((key.Namespace, references.Key), out FolderSecret? secret))
            {
                missing.Add(new FieldError(references.First().Path, $"refers to the Secret {references.Key}, which no file of the folder has in the namespace {key.Namespace}: add a document of kind Secret"));
                continue;
            }

            missing.AddRange(references.Where(reference => reference.Key is { } wanted && !secret.Data.ContainsKey(wanted))
                .Select(reference => new FieldError(reference.Path, $"refers to the key {reference.Key} of the Secret {reference.Name}, which does not have it: add it")));
            Dictionary<string, byte[]> data = secret.Data.Where(pair => references.Any(reference => reference.Key is null || reference.Key == pair.Key)).ToDictionary();
            submitted[references.Key] = new SubmittedSecret
            {
                ResourceVersion = await VersionAsync(key, references.Key, data, cancellationToken),
                Data = data.ToDictionary(pair => pair.Key, pair => Convert.ToBase64String(pair.Value)),
            };
        }

        return (submitted, missing);
    }

    /// <summary>That of what is stored while the values are the same, else the next one. Files have no versions, and a hash of a value would help to guess it.</summary>
    private async Task<string> VersionAsync(ResourceKey key, string secret, Dictionary<string, byte[]> data, CancellationToken cancellationToken)
    {
        if (catalogue.Current.Find(key)?.Revision.Secrets.GetValueOrDefault(secret) is not { } stored)
        {
            return VersionPrefix + "1";
        }

        try
        {
            IReadOnlyDictionary<string, byte[]> before = (await vault.OpenAsync(key, cancellationToken)).Of(secret);
            if (before.Count == data.Count && data.All(pair => before.TryGetValue(pair.Key, out byte[]? value) && CryptographicOperations.FixedTimeEquals(value, pair.Value)))
            {
                return stored;
            }
        }
        catch (CryptographicException)
        {
            // What is stored cannot be opened any more: the file's values replace it.
        }

        return VersionPrefix + (int.TryParse(stored.AsSpan(Math.Min(stored.Length, VersionPrefix.Length)), CultureInfo.InvariantCulture, out int number) ? number + 1 : 1).ToString(CultureInfo.InvariantCulture);
    }
}
