using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Agents;

/// <summary>Which decisions an agent checks by itself.</summary>
internal enum CheckedDecisions
{
    None,
    Block,
    ReviewAndBlock,
}

/// <summary>Section <c>Agents</c>: what agents look at by themselves, and what they may name. Nothing is looked at unless it is said here: whoever runs this house decides whether its people get proposals.</summary>
internal sealed class AgentsOptions : IValidatableObject
{
    public const string Section = "Agents";

    /// <summary>Each new case is looked at: of decisions and of people by triage, of drift, deliveries and replays by remediation.</summary>
    public bool Cases { get; set; }

    /// <summary>Compliance checks.</summary>
    public CheckedDecisions Decisions { get; set; }

    /// <summary>To whom cases without anybody are to go: an actor or a queue; null: none is assigned.</summary>
    [StringLength(200)]
    public string? AssignTo { get; set; }

    /// <summary>The same for cases of drift, deliveries and replays.</summary>
    [StringLength(200)]
    public string? AssignTechnicalTo { get; set; }

    /// <summary>The list, declared by the rules, for accounts with confirmed fraud; null: none is proposed.</summary>
    [StringLength(200)]
    public string? WatchList { get; set; }

    [Range(1, 366)]
    public int WatchDays { get; set; } = 30;

    /// <summary>Who answers for the agents, as the audit log names people: does not count when others decide on what they propose.</summary>
    [StringLength(200)]
    public string? Owner { get; set; }

    /// <summary>Longest time for one run.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>After so long another worker takes what one has begun; longer than <see cref="Timeout"/>.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>A run that fails is tried so often in all.</summary>
    [Range(1, 20)]
    public int MostAttempts { get; set; } = 5;

    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where so many wait in a namespace, no more are begun by themselves: people have enough to look at.</summary>
    [Range(1, 1_000_000)]
    public int MostWaiting { get; set; } = 1_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Timeout <= TimeSpan.Zero || Lease <= Timeout) yield return new("Agents:Lease must be longer than Agents:Timeout, which must be longer than nothing.");
        if (Period < TimeSpan.FromMilliseconds(100)) yield return new("Agents:Period must be at least 100 ms.");
    }
}
