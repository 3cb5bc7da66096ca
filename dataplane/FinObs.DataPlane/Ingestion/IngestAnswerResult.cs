using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Writes an <see cref="Contracts.Transactions.IngestAnswer"/>.</summary>
internal sealed class IngestAnswerResult(IReadOnlyList<TransactionOutcome> outcomes, IngestTotals totals, IReadOnlyList<string> ignoredFields, string? leftOut = null) : IResult
{
    public const string ReplayedHeader = "Idempotency-Replayed";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status200OK;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        if (totals.AllReplayed)
        {
            httpContext.Response.Headers[ReplayedHeader] = "true";
        }

        using (var writer = new AnswerWriter(httpContext.Response.BodyWriter))
        {
            writer.WriteAnswer(outcomes, totals, ignoredFields, leftOut);
        }

        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
