namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the policies page shows.</summary>
/// <param name="Kinds">The five, with how many there are of each here.</param>
/// <param name="Items">Those that need somebody first.</param>
/// <param name="Total">Of the chosen kind, or of all.</param>
internal sealed record PoliciesModel(IReadOnlyList<PolicyKind> Kinds, IReadOnlyList<PolicyLine> Items, int Total);

/// <summary>A kind and how many there are.</summary>
internal sealed record PolicyKind(string Name, int Count);

/// <summary>A resource in the list.</summary>
/// <param name="Kind">E.g. <c>ModelVersion</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="State">Good, watch, bad or none.</param>
/// <param name="Word">What that is called: the reason of Ready.</param>
/// <param name="Message">Why, in a sentence.</param>
/// <param name="Blocked">What it waits for; null = nothing.</param>
/// <param name="Owner">Whose it is: the cluster's, a folder's, the API's.</param>
/// <param name="ChangedBy">Who changed it last.</param>
/// <param name="ChangedAt">When.</param>
internal sealed record PolicyLine(string Kind, string Name, string State, string Word, string Message, PolicyBlock? Blocked, string Owner, string? ChangedBy, DateTimeOffset ChangedAt);

/// <summary>What a resource waits for, and who can act.</summary>
internal sealed record PolicyBlock(string Gate, DateTimeOffset? Since, string Hint);

/// <summary>One resource.</summary>
/// <param name="Line">As in the list.</param>
/// <param name="Conditions">What holds and what does not.</param>
/// <param name="Yaml">As people write it, with defaults.</param>
/// <param name="Status">As the operator copies it, in YAML.</param>
/// <param name="Uid">Which object of this name.</param>
/// <param name="Generation">Of the spec.</param>
/// <param name="Observed">The generation that was acted upon; -1 = none.</param>
/// <param name="SpecHash">SHA-256 of the spec.</param>
/// <param name="LeafId">Of its last change.</param>
/// <param name="TraceId">Of its last change.</param>
/// <param name="Deleting">It is being drained.</param>
/// <param name="History">Its changes, the newest first.</param>
internal sealed record PolicyModel(
    PolicyLine Line, IReadOnlyList<PolicyCondition> Conditions, string Yaml, string Status, string Uid, long Generation, long Observed, string SpecHash, Guid LeafId, string? TraceId, bool Deleting, IReadOnlyList<PolicyChange> History);

/// <summary>Whether something holds: <c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
internal sealed record PolicyCondition(string Type, string Holds, string Reason, string Message, DateTimeOffset? Since);

/// <summary>A change.</summary>
internal sealed record PolicyChange(Guid Id, long Revision, string Act, string By, string? Why, DateTimeOffset At);
