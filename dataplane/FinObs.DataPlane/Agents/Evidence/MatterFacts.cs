namespace FinObs.DataPlane.Agents.Evidence;

/// <summary>A version that a policy watches, as its last check found it.</summary>
internal sealed record ModelFacts
{
    public const string Kind = "model";

    public required string Model { get; init; }

    public required string Version { get; init; }

    public required bool Drifting { get; init; }

    /// <summary>Quantities that drift.</summary>
    public required int Drifted { get; init; }

    public required long Samples { get; init; }

    public double? MaxPsi { get; init; }

    public required DateTimeOffset CheckedAt { get; init; }
}

/// <summary>A rollout of a version that drifts.</summary>
internal sealed record CandidateFacts
{
    public const string Kind = "rollout";

    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>Progressing, Paused, RolledBack or Promoted.</summary>
    public required string Phase { get; init; }

    /// <summary>Percent of the traffic that it decides.</summary>
    public required int Weight { get; init; }
}

/// <summary>A target that got no deliveries; what its server answered in words is not shown.</summary>
internal sealed record CallbackFacts
{
    public const string Kind = "callback";

    public required bool Disabled { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    public required int ConsecutiveFailures { get; init; }

    /// <summary>Of HTTP; 0: there was no answer.</summary>
    public required int LastStatus { get; init; }

    public required int DeadLetters { get; init; }
}
