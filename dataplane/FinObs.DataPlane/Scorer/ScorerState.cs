using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>The one place that knows what this process serves and whether it may be sent work.</summary>
internal sealed partial class ScorerState(IOptions<ScorerOptions> options, TimeProvider time, ILogger<ScorerState> logger)
{
    private readonly Lock _gate = new();
    private volatile ScorerStatus _status = new(
        null, null, options.Value.ArtifactDigest, ScorerPhase.Loading, ScorerReason.Fetching, "The artifact is being fetched.", time.GetUtcNow());

    private volatile ServedModel? _model;

    public ScorerStatus Status => _status;

    /// <summary>Set once it is warm, and kept while it drains: what was begun is finished.</summary>
    public ServedModel? Model => _model;

    public bool IsReady => _status.Reason == ScorerReason.Ready;

    public void Ready(ServedModel model)
    {
        _model = model;
        Become(ScorerReason.Ready, "Send it work.", model);
    }

    public void Become(ScorerReason reason, string message, ServedModel? model = null)
    {
        lock (_gate)
        {
            // The order to stop is final: a load that ends during the drain must not make the process ready again.
            if (_status.Reason == ScorerReason.Draining)
            {
                return;
            }

            _status = new ScorerStatus(
                model?.Name ?? _status.ModelName, model?.Version ?? _status.ModelVersion, options.Value.ArtifactDigest, ScorerStatus.PhaseOf(reason), reason, message,
                reason == _status.Reason ? _status.Since : time.GetUtcNow());
        }

        Became(logger, reason, options.Value.ArtifactDigest, message);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Scorer is {Reason} ({Digest}): {Why}")]
    private static partial void Became(ILogger logger, ScorerReason reason, string digest, string why);
}
