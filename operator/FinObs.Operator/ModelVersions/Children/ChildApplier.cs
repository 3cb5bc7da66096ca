using System.Security.Cryptography;
using System.Text.Json;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using k8s;
using k8s.Models;

namespace FinObs.Operator.ModelVersions.Children;

/// <summary>What is to be done with one child.</summary>
internal abstract record ChildStep(string Sentence)
{
    public abstract Task DoAsync(CancellationToken cancellationToken);
}

/// <summary>Brings the children of one kind to what is wanted: server-side apply for the one that is, deletion for those that are not. No child of somebody else is touched.</summary>
internal sealed class ChildApplier<T>(Resources<T> resources)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly ResourceKind<T> Kind = ResourceKind<T>.Instance;

    /// <summary>What differs between what is wanted and what the cache has. An applied child that nobody changed since is left out.</summary>
    /// <exception cref="ChildNameTakenException">The name belongs to an object that this version does not own.</exception>
    public IEnumerable<ChildStep> Steps(ModelVersion owner, T? wanted)
    {
        string uid = owner.Metadata.Uid!;
        foreach (T unwanted in resources.OwnedBy(uid).Where(child => wanted is null || child.Metadata.Name != wanted.Metadata.Name))
        {
            yield return new Delete(resources, unwanted);
        }

        if (wanted is null) yield break;

        T? existing = resources.Find(new ResourceKey(wanted.Metadata.NamespaceProperty, wanted.Metadata.Name));
        if (existing is not null && !(existing.Metadata.OwnerReferences ?? []).Any(reference => reference.Uid == uid))
        {
            throw new ChildNameTakenException(Kind.Kind, wanted.Metadata.Name);
        }

        string hash = Hash(wanted);
        (wanted.Metadata.Annotations ??= new Dictionary<string, string>())[ChildLabels.AppliedHash] = hash;
        bool isNew = existing is null;
        bool isOther = existing?.Metadata.Annotations?.TryGetValue(ChildLabels.AppliedHash, out string? applied) != true || applied != hash;
        yield return new Apply(resources, wanted, isNew ? $"create {Kind.Kind} {wanted.Metadata.Name}" : $"change {Kind.Kind} {wanted.Metadata.Name}", IsVisible: isNew || isOther);
    }

    private static string Hash(T wanted) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(wanted, Kind.Json)))[..16];

    /// <param name="Resources">Where it is written.</param>
    /// <param name="Wanted">The child.</param>
    /// <param name="Sentence">For plans.</param>
    /// <param name="IsVisible">False where we applied the very same before: it is applied again all the same, since somebody may have changed it by hand; that costs a request and changes nothing.</param>
    internal sealed record Apply(Resources<T> Resources, T Wanted, string Sentence, bool IsVisible) : ChildStep(IsVisible ? Sentence : "")
    {
        public override Task DoAsync(CancellationToken cancellationToken) => Resources.ApplyAsync(Wanted, cancellationToken);
    }

    private sealed record Delete(Resources<T> Resources, T Unwanted) : ChildStep($"delete {Kind.Kind} {Unwanted.Metadata.Name}")
    {
        public override Task DoAsync(CancellationToken cancellationToken) =>
            Unwanted.Metadata.DeletionTimestamp is null ? Resources.DeleteAsync(Unwanted, cancellationToken) : Task.CompletedTask;
    }
}

/// <summary>An object of that name is there and belongs to somebody else: it is not taken over.</summary>
internal sealed class ChildNameTakenException(string kind, string name)
    : Exception($"A {kind} {name} is there already and is not this version's: rename or delete it.");
