using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Retraining;

/// <summary>Who carries out runs.</summary>
internal enum RetrainingRunner
{
    /// <summary>This host, by a child process.</summary>
    ChildProcess,

    /// <summary>Somebody else, over the API.</summary>
    None,

    /// <summary>A Job that the operator makes for a DriftPolicy of the model; the candidate is left to it as well, to be an object of the cluster.</summary>
    Job,
}

/// <summary>Section <c>Retraining</c>.</summary>
internal sealed class RetrainingOptions
{
    public const string Section = "Retraining";

    public RetrainingRunner Runner { get; set; } = RetrainingRunner.ChildProcess;

    /// <summary>FinObs.Retraining.dll or its executable; none = the one beside the host.</summary>
    public string? Tool { get; set; }

    /// <summary>A model that nobody asked to retrain for so long is retrained by the clock; zero = never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan Every { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Length of a window whose beginning nobody names.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3660.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Transactions received this short a time before a window is frozen stay out: their commit may still be on the way.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Settle { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A "legitimate" on a transaction that was younger than this when the window was frozen does not count yet; fraud counts at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "366.00:00:00")]
    public TimeSpan LabelMaturity { get; set; } = TimeSpan.Zero;

    /// <summary>A worker that says nothing for so long is taken for dead.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Workers that may try a run, one after the other.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>A run that is not over after so long fails.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How often a host looks for runs that another replica was asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(10);
}
