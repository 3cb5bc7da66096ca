using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.Validation;

namespace FinObs.DataPlane.Resources;

/// <summary>What the door says to a submission or a deletion.</summary>
internal abstract record DoorOutcome
{
    /// <summary>It is in force, now or already.</summary>
    internal sealed record Applied(StoredResource Resource, ResourceChange Change) : DoorOutcome;

    /// <summary>It cannot be: what is wrong with it, field by field; never empty.</summary>
    internal sealed record Invalid(IReadOnlyList<FieldError> Errors) : DoorOutcome;

    /// <summary>Not by this caller, or not now.</summary>
    /// <param name="Code">A word for programs, of <see cref="RefusalCodes"/>.</param>
    /// <param name="Why">What to do.</param>
    internal sealed record Refused(string Code, string Why) : DoorOutcome;

    /// <summary>There is none of this name.</summary>
    internal sealed record NotFound : DoorOutcome;

    /// <summary>It is being drained.</summary>
    internal sealed record Draining(StoredResource Resource) : DoorOutcome;

    /// <summary>It is gone.</summary>
    internal sealed record Gone(StoredResource Resource) : DoorOutcome;
}

/// <summary>Why a change is refused, in a word.</summary>
internal static class RefusalCodes
{
    /// <summary>Something newer is in force.</summary>
    public const string Stale = "stale";

    /// <summary>The same generation with another spec.</summary>
    public const string Contradiction = "contradiction";

    /// <summary>Somebody else looks after the resource.</summary>
    public const string OwnedByAnother = "owned_by_another";

    /// <summary>The resource of this name is being drained.</summary>
    public const string BeingDeleted = "being_deleted";

    /// <summary>Others changed it at the same time, again and again.</summary>
    public const string Contended = "contended";
}
