using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Resources.Store;

namespace FinObs.DataPlane.Resources;

/// <summary>What becomes of a submission beside what is in force.</summary>
internal abstract record RevisionVerdict
{
    /// <summary>It is in force already.</summary>
    internal sealed record Same : RevisionVerdict;

    /// <summary>It comes into force as this.</summary>
    internal sealed record Next(string Uid, long Generation, DateTimeOffset CreatedAt) : RevisionVerdict;

    /// <summary>It does not.</summary>
    internal sealed record Not(DoorOutcome.Refused Refusal) : RevisionVerdict;
}

/// <summary>
/// Which revision replaces which. The operator's come with the uid and generation that the API server gave them; for files and REST users both are
/// given here.
/// </summary>
internal static class RevisionRules
{
    /// <summary>Null where this owner may change what is in force now.</summary>
    public static DoorOutcome.Refused? Forbidden(ResourceRow? inForce, ResourceOwner caller) => inForce switch
    {
        null => null,
        _ when inForce.ManagedBy != caller => new DoorOutcome.Refused(RefusalCodes.OwnedByAnother, OwnedBy(inForce)),
        { Deleting: true } => new DoorOutcome.Refused(RefusalCodes.BeingDeleted, $"{inForce.Key} is being drained before it goes: submit it again once GET {inForce.Key.Path} says 404."),
        _ => null,
    };

    /// <param name="inForce">What is in force; none = nothing.</param>
    /// <param name="submitted">What is submitted; the owner may change it.</param>
    /// <param name="isOfThePast">The submitted uid was in force under this name before, and is no more.</param>
    /// <param name="now">The present.</param>
    public static RevisionVerdict Judge(ResourceRow? inForce, ReadSubmission submitted, bool isOfThePast, DateTimeOffset now) =>
        submitted.Submission.ManagedBy == ResourceOwner.Operator
            ? OfApiServer(inForce, submitted, isOfThePast)
            : Ours(inForce, submitted, now);

    private static RevisionVerdict Ours(ResourceRow? inForce, ReadSubmission submitted, DateTimeOffset now)
    {
        if (inForce is null)
        {
            return new RevisionVerdict.Next(Guid.CreateVersion7(now).ToString(), 1, now);
        }

        bool isSameSpec = inForce.SpecHash == submitted.Spec.Hash;
        return isSameSpec && inForce.SecretVersions == submitted.SecretVersions
            ? new RevisionVerdict.Same()
            : new RevisionVerdict.Next(inForce.Uid, isSameSpec ? inForce.Generation : inForce.Generation + 1, inForce.CreatedAt);
    }

    private static RevisionVerdict OfApiServer(ResourceRow? inForce, ReadSubmission submitted, bool isOfThePast)
    {
        (string uid, long generation, DateTimeOffset createdAt) = (submitted.Submission.Uid!, submitted.Submission.Generation!.Value, submitted.Submission.CreatedAt!.Value);
        RevisionVerdict.Next next = new(uid, generation, createdAt);
        if (isOfThePast || (inForce is not null && inForce.Uid != uid && createdAt < inForce.CreatedAt))
        {
            return Not(RefusalCodes.Stale, $"The object with uid {uid} is of the past: {(inForce is null ? "it was deleted" : $"uid {inForce.Uid} has taken its place")}. Read the object again.");
        }

        if (inForce is null || inForce.Uid != uid)
        {
            return next;
        }

        if (generation < inForce.Generation)
        {
            return Not(RefusalCodes.Stale, $"Generation {generation} is behind generation {inForce.Generation}, which is in force. Read the object again.");
        }

        if (generation == inForce.Generation && inForce.SpecHash != submitted.Spec.Hash)
        {
            // An upgrade may bring new fields with defaults: the stored spec is then the same as the submitted one by today's records.
            return NormalSpec.HashOf(inForce.Key, inForce.Spec) == submitted.Spec.Hash
                ? next
                : Not(RefusalCodes.Contradiction, $"Generation {generation} of uid {uid} is in force with another spec ({inForce.SpecHash}): one generation has one spec. Read the object again.");
        }

        return generation == inForce.Generation && inForce.SecretVersions == submitted.SecretVersions ? new RevisionVerdict.Same() : next;
    }

    private static RevisionVerdict.Not Not(string code, string why) => new(new DoorOutcome.Refused(code, why));

    public static string OwnedBy(ResourceRow inForce) => inForce.ManagedBy switch
    {
        ResourceOwner.Operator => $"{inForce.Key} is looked after by the operator: change or delete the object in Kubernetes.",
        ResourceOwner.Files => $"{inForce.Key} is looked after by the files of the resources folder: change or remove it there.",
        _ => $"{inForce.Key} is looked after by users of the REST API (managedBy: Api): delete it there first, or give this one another name.",
    };
}
