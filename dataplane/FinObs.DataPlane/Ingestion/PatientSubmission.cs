using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>For senders that can wait (streams, files, the demo): a full queue slows them down instead of failing them.</summary>
internal static class PatientSubmission
{
    public static async Task<IReadOnlyList<TransactionOutcome>> SubmitPatientlyAsync(
        this ITransactionPipeline pipeline, TransactionBatch batch, TimeProvider time, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await pipeline.SubmitAsync(batch, ct);
            }
            catch (PipelineOverloadedException e)
            {
                await Task.Delay(e.RetryAfter, time, ct);
            }
        }
    }
}
