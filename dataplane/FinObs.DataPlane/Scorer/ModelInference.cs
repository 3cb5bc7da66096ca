using System.Diagnostics;
using System.Threading.RateLimiting;
using FinObs.DataPlane.Inference;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>A request for inference from its parsed form to its answer, the same for gRPC and REST.</summary>
internal sealed partial class ModelInference(ScorerState state, IOptions<ScorerOptions> options, TimeProvider time, ILogger<ModelInference> logger) : IDisposable
{
    private readonly ConcurrencyLimiter _turns = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Value.Concurrency > 0 ? options.Value.Concurrency : Environment.ProcessorCount,
        QueueLimit = options.Value.QueuedRequests,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public async ValueTask<InferenceOutcome> RunAsync(ModelInferRequest request, bool rawOutputs, string protocol, CancellationToken cancellationToken)
    {
        long from = time.GetTimestamp();
        using Activity? span = FinObsTelemetry.StartStep(Steps.Infer);
        (InferenceOutcome outcome, int rows) = await TryAsync(request, rawOutputs, cancellationToken);
        span?.SetTag("finobs.rows", rows);
        if (outcome is InferenceOutcome.Rejected rejected)
        {
            span?.SetStatus(ActivityStatusCode.Error, rejected.Message);
        }

        ScorerMetrics.Record(protocol, outcome, rows, time.GetElapsedTime(from));
        return outcome;
    }

    public void Dispose() => _turns.Dispose();

    private async ValueTask<(InferenceOutcome Outcome, int Rows)> TryAsync(ModelInferRequest request, bool rawOutputs, CancellationToken cancellationToken)
    {
        if (state.Model is not { } model)
        {
            return (new InferenceOutcome.Rejected(Rejection.Unavailable, $"The model is not loaded ({state.Status.Reason}): ask another pod, or this one later."), 0);
        }

        (InferencePlan? plan, InferenceOutcome.Rejected? problem) = InferencePlan.Make(request, rawOutputs, model, options.Value.MaxBatchRows);
        if (plan is null)
        {
            return (problem!, 0);
        }

        using RateLimitLease turn = await _turns.AcquireAsync(1, cancellationToken);
        return turn.IsAcquired
            ? (Compute(request, plan, model), plan.Rows)
            : (new InferenceOutcome.Rejected(Rejection.Unavailable, "Too many requests wait here already: ask another pod, or this one later."), plan.Rows);
    }

    private InferenceOutcome Compute(ModelInferRequest request, InferencePlan plan, ServedModel model)
    {
        ReadOnlySpan<float> rows = request.RawInputContents.Count > 0 ? RawTensors.Floats(request.RawInputContents[0]) : request.Inputs[0].Contents.Fp32Contents.ToArray();
        if (model.NeedsFiniteRows && FirstNotFinite(rows) is { } at)
        {
            return new InferenceOutcome.Rejected(
                Rejection.InvalidRequest, $"Row {at / model.Scorer.FeatureCount} has a value that is not finite in column {at % model.Scorer.FeatureCount}: leave the row out, or fill the value in.");
        }

        try
        {
            return new InferenceOutcome.Inferred(new OutputWriter(model, rows, plan.Rows).Write(plan, request.Id));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            EngineFailed(logger, model.Name, model.Version, exception);
            return new InferenceOutcome.Rejected(Rejection.Failed, "The model failed on these rows; the log of this pod says why.");
        }
    }

    private static int? FirstNotFinite(ReadOnlySpan<float> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if (!float.IsFinite(rows[i]))
            {
                return i;
            }
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Model} {Version} failed to infer.")]
    private static partial void EngineFailed(ILogger logger, string model, string version, Exception exception);
}
