namespace FinObs.Contracts.Resources.ABExperiments;

/// <summary>How an experiment stands.</summary>
public sealed record ABExperimentStatus : ResourceStatus
{
    /// <summary>How far it is.</summary>
    public ExperimentPhase? Phase { get; init; }

    /// <summary>Each arm.</summary>
    public IReadOnlyList<ArmStatus>? Arms { get; init; }

    /// <summary>Units in all arms.</summary>
    public long? Units { get; init; }

    /// <summary>Whether the arms got the shares they should.</summary>
    public SampleRatio? Srm { get; init; }

    /// <summary>Units that were seen in more than one arm.</summary>
    public long? MultipleExposures { get; init; }

    /// <summary>The always-valid test.</summary>
    public SequentialResult? Sequential { get; init; }

    /// <summary>The test at the fixed end.</summary>
    public FixedResult? Fixed { get; init; }

    /// <summary>The p-value of the method in force, for the column.</summary>
    public decimal? PValue { get; init; }

    /// <summary>Treatment minus control.</summary>
    public EffectEstimate? Effect { get; init; }

    /// <summary>Units that each arm needs.</summary>
    public long? RequiredPerArm { get; init; }

    /// <summary>Days until it has them.</summary>
    public decimal? EtaDays { get; init; }

    /// <summary>What it says.</summary>
    public ExperimentVerdict? Verdict { get; init; }

    /// <summary>Why.</summary>
    public string? VerdictReason { get; init; }

    /// <summary>The arm that won.</summary>
    public string? Winner { get; init; }

    /// <summary>Who promoted it.</summary>
    public string? PromotedBy { get; init; }
}

/// <summary>How far an experiment is.</summary>
public enum ExperimentPhase
{
    /// <summary>Not begun.</summary>
    Draft = 0,

    /// <summary>Under way.</summary>
    Running = 1,

    /// <summary>Held.</summary>
    Paused = 2,

    /// <summary>At its end, without an answer.</summary>
    Inconclusive = 3,

    /// <summary>At its end, with one.</summary>
    Concluded = 4,

    /// <summary>Ended before.</summary>
    Stopped = 5,

    /// <summary>Its winner was promoted.</summary>
    Promoted = 6,
}

/// <summary>What an experiment says.</summary>
public enum ExperimentVerdict
{
    /// <summary>Nothing yet.</summary>
    Pending = 0,

    /// <summary>The treatment is better.</summary>
    TreatmentBetter = 1,

    /// <summary>The control is better.</summary>
    ControlBetter = 2,

    /// <summary>No difference worth finding.</summary>
    NoDifference = 3,

    /// <summary>It cannot say: the reason tells why.</summary>
    Invalid = 4,
}

/// <summary>One arm.</summary>
public sealed record ArmStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Units.</summary>
    public long Units { get; init; }

    /// <summary>Decisions.</summary>
    public long Decisions { get; init; }

    /// <summary>Units with a final label.</summary>
    public long Labelled { get; init; }

    /// <summary>Their share.</summary>
    public decimal? Coverage { get; init; }

    /// <summary>The primary metric.</summary>
    public decimal? Primary { get; init; }

    /// <summary>Its interval, lower end.</summary>
    public decimal? Low { get; init; }

    /// <summary>Its interval, upper end.</summary>
    public decimal? High { get; init; }

    /// <summary>Share of transactions flagged.</summary>
    public decimal? AlertRate { get; init; }

    /// <summary>The 99th percentile of the time to score, in milliseconds.</summary>
    public decimal? P99Ms { get; init; }
}

/// <summary>Whether the arms got the shares they should.</summary>
public sealed record SampleRatio
{
    /// <summary>How likely such shares are.</summary>
    public decimal P { get; init; }

    /// <summary>They did.</summary>
    public bool Ok { get; init; }
}

/// <summary>The always-valid test.</summary>
public sealed record SequentialResult
{
    /// <summary>The p-value that holds at any look.</summary>
    public decimal PAlwaysValid { get; init; }

    /// <summary>The e-value.</summary>
    public decimal? EValue { get; init; }
}

/// <summary>The test at the fixed end.</summary>
public sealed record FixedResult
{
    /// <summary>Its statistic.</summary>
    public decimal Chi2 { get; init; }

    /// <summary>Its p-value.</summary>
    public decimal P { get; init; }

    /// <summary>Cramér's V.</summary>
    public decimal? CramersV { get; init; }
}

/// <summary>An effect with its interval.</summary>
public sealed record EffectEstimate
{
    /// <summary>The effect.</summary>
    public decimal Value { get; init; }

    /// <summary>Lower end.</summary>
    public decimal Low { get; init; }

    /// <summary>Upper end.</summary>
    public decimal High { get; init; }
}
