using System.ComponentModel.DataAnnotations;
using FinObs.DataPlane.Audit.Witness;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Audit;

/// <summary>Section <c>Audit</c>.</summary>
internal sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>The log's name in its checkpoints and public key, by custom a URL without a scheme. Choose it once, one for each database.</summary>
    [Required, RegularExpression(@"[^\s+]+", ErrorMessage = "Audit:Origin has neither spaces nor '+'.")]
    public string Origin { get; set; } = "finobs.local/audit";

    /// <summary>Base64 of 32 bytes; protects payloads and account tokens. Empty: a file in the data folder, made on first start. Replicas must share it.</summary>
    public string? MasterKey { get; set; }

    /// <summary>Base64 of a 32-byte Ed25519 seed; signs checkpoints. Empty: a file in the data folder, made on first start. Replicas must share it.</summary>
    public string? SigningKey { get; set; }

    /// <summary>A growing tree is signed at most this often.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The least time between two rounds of the sequencer: many small commits share one round.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan SequencerPause { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the sequencer sleeps when nothing wakes it: the bound for rows that another replica committed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:10")]
    public TimeSpan SequencerPeriod { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Commits whose leaves and events are numbered together; each may hold thousands.</summary>
    [Range(1, 1_000)]
    public int SequencerBatch { get; set; } = 64;

    /// <summary>Where checkpoints are sent to be kept by somebody else.</summary>
    [ValidateObjectMembers]
    public WitnessOptions Witness { get; set; } = new();
}
