namespace FinObs.Contracts.Resources;

/// <summary>What every Kubernetes object says of itself; the part of it that FinObs reads.</summary>
public sealed record ObjectMeta
{
    /// <summary>Its name, unique for its kind within the namespace.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace; <c>default</c> on a laptop.</summary>
    public string? Namespace { get; init; }

    /// <summary>Given by the server: another object under the same name has another one.</summary>
    public string? Uid { get; init; }

    /// <summary>Counts the changes of the spec.</summary>
    public long? Generation { get; init; }

    /// <summary>Changes with every write, of the status too.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set once it is to go: it stays until its finalizers are gone.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>What selects it.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>What is said about it.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Who must clean up before it goes.</summary>
    public IReadOnlyList<string>? Finalizers { get; init; }

    /// <summary>Which objects it goes with.</summary>
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    /// <summary>Who set which field by which means; read for "who applied this".</summary>
    public IReadOnlyList<ManagedFieldsEntry>? ManagedFields { get; init; }
}

/// <summary>An object that another goes with.</summary>
public sealed record OwnerReference
{
    /// <summary>Group and version of the owner.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Kind of the owner.</summary>
    public required string Kind { get; init; }

    /// <summary>Name of the owner.</summary>
    public required string Name { get; init; }

    /// <summary>Uid of the owner.</summary>
    public required string Uid { get; init; }

    /// <summary>It is the one owner that manages it.</summary>
    public bool? Controller { get; init; }

    /// <summary>The owner stays until this is gone, under foreground deletion.</summary>
    public bool? BlockOwnerDeletion { get; init; }
}

/// <summary>One field manager of an object.</summary>
public sealed record ManagedFieldsEntry
{
    /// <summary>Its name, e.g. <c>kubectl-client-side-apply</c>, <c>argocd-controller</c>.</summary>
    public string? Manager { get; init; }

    /// <summary><c>Apply</c> or <c>Update</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary><c>status</c>, or none for the object itself.</summary>
    public string? Subresource { get; init; }
}

/// <summary>Annotations and labels of FinObs.</summary>
public static class WellKnown
{
    /// <summary>API group.</summary>
    public const string Group = "finobs.io";

    /// <summary>API version.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Group and version, as objects say it.</summary>
    public const string ApiVersion = $"{Group}/{Version}";

    /// <summary>Annotation: reconcile now; any new value, by convention the time.</summary>
    public const string RequestedAt = "finobs.io/requestedAt";

    /// <summary>Annotation: W3C trace context of the change, set by a pipeline; carried on into every span it leads to.</summary>
    public const string Traceparent = "finobs.io/traceparent";

    /// <summary>Annotation: why the change was made; goes to the audit log.</summary>
    public const string ChangeReason = "finobs.io/change-reason";

    /// <summary>Annotation: who made the change, where a pipeline knows better than the API server's field managers.</summary>
    public const string ChangedBy = "finobs.io/changed-by";

    /// <summary>Annotation: <c>true</c> = say in status what would be done, and do nothing.</summary>
    public const string DryRun = "finobs.io/dry-run";

    /// <summary>Annotation of a DriftPolicy: any new value asks for one retraining now.</summary>
    public const string RetrainNow = "finobs.io/retrain-now";

    /// <summary>Label: what made an object, e.g. <c>drift-policy.card-fraud</c>.</summary>
    public const string CreatedBy = "finobs.io/created-by";

    /// <summary>Annotation of a CallbackTarget: <c>dlq</c>, or <c>since=</c> and an instant (RFC 3339); any new value sends again once, and whatever follows a <c>#</c> makes it a new one.</summary>
    public const string Replay = "finobs.io/replay";

    /// <summary>Annotation of a CallbackTarget: any new value sends one test message.</summary>
    public const string SendTest = "finobs.io/send-test";

    /// <summary>Annotation of a CallbackTarget: any new value lets deliveries to a disabled target go on.</summary>
    public const string Enable = "finobs.io/enable";

    /// <summary>Label of everything the operator makes.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>Finalizer of the operator.</summary>
    public const string Finalizer = "finobs.io/operator";
}
