using System.Diagnostics;
using FinObs.DataPlane.Telemetry;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>From the order to serve a digest to a warm model: fetch, verify, open, warm up; ready only then.</summary>
internal sealed partial class ArtifactLoader(
    ArtifactSource source, ScorerState state, IOptions<ScorerOptions> options, TimeProvider time, ILogger<ArtifactLoader> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Off the start's thread: the port answers "Fetching" while this works.
        await Task.Yield();
        TimeSpan pause = FirstPause;
        while (!await TryLoadAsync(pause, stoppingToken))
        {
            await Task.Delay(pause, time, stoppingToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    /// <summary>True where trying again would change nothing, for good or for bad.</summary>
    private async Task<bool> TryLoadAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using Activity? span = FinObsTelemetry.StartStep(Steps.Load);
        span?.SetTag("finobs.digest", options.Value.ArtifactDigest);
        try
        {
            ModelArtifact artifact = await source.GetAsync(cancellationToken);
            Serve(artifact, cancellationToken);
            return true;
        }
        catch (FetchException exception)
        {
            FetchFailed(logger, exception.Message, exception.InnerException);
            state.Become(ScorerReason.FetchFailed, $"{exception.Message} It is tried again in {pause.TotalSeconds:0} s.");
            return false;
        }
        catch (ArtifactException exception)
        {
            state.Become(exception.Problem == ArtifactProblem.DigestMismatch ? ScorerReason.DigestMismatch : ScorerReason.Refused, exception.Message);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LoadFailed(logger, exception);
            state.Become(ScorerReason.Refused, $"Loading failed ({exception.GetType().Name}); the log of this pod says more.");
            return true;
        }
    }

    private void Serve(ModelArtifact artifact, CancellationToken cancellationToken)
    {
        IScoringModel scorer = artifact.Open();
        ServedModel model = new(scorer);
        state.Become(ScorerReason.WarmingUp, $"Scoring {options.Value.WarmupSamples} reference rows.", model);
        if (Warmup.Problem(scorer, options.Value.WarmupSamples, cancellationToken) is { } problem)
        {
            model.Dispose();
            state.Become(ScorerReason.WarmupFailed, problem);
            return;
        }

        state.Ready(model);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The artifact could not be fetched: {Why}")]
    private static partial void FetchFailed(ILogger logger, string why, Exception? exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The artifact could not be loaded.")]
    private static partial void LoadFailed(ILogger logger, Exception exception);
}
