using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Audit.Witness;

/// <summary>Section <c>Audit:Witness</c>: somebody else who keeps our checkpoints, by the C2SP tlog-witness protocol.</summary>
internal sealed class WitnessOptions
{
    /// <summary>Submission prefix: checkpoints go to <c>URL/add-checkpoint</c>, the last one kept is read at <see cref="CheckpointUrl"/>. Null: no witness.</summary>
    public Uri? Url { get; set; }

    /// <summary>Where the last checkpoint that is kept is read, as text; null: <c>URL/checkpoint?origin=…</c>. A witness that offers none answers 404, and is then only written to.</summary>
    public Uri? CheckpointUrl { get; set; }

    /// <summary>A file with the bearer token; read for each request.</summary>
    public string? TokenFile { get; set; }

    /// <summary>At most one checkpoint is sent in this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Of one request.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>True: the host is not ready before the witness has answered at the start.</summary>
    public bool Required { get; set; }
}
