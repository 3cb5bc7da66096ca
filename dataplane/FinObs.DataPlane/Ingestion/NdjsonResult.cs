using System.Buffers;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Takes a stream of lines and answers each, one line an item in order, then a last line with the totals.</summary>
internal sealed class NdjsonResult(NdjsonReader lines, IngestQuery query, ITransactionPipeline pipeline, IngestionOptions options, TimeProvider time) : IResult
{
    private readonly IngestTotals _totals = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        CancellationToken ct = httpContext.RequestAborted;
        await using var spool = new AnswerSpool(httpContext.Response.BodyWriter, options.MaxSpoolBytes);
        using var writer = new AnswerWriter(_buffer);
        BodyProblem? problem = null;
        try
        {
            await foreach (IReadOnlyList<TransactionItem> chunk in lines.ReadChunksAsync(ct))
            {
                IReadOnlyList<TransactionOutcome> outcomes = await SubmitAsync(chunk, httpContext.Response.HasStarted, ct);
                BeginAnswer(httpContext);
                WriteLines(writer, chunk, outcomes);
                await SendAsync(spool, ct);
            }
        }
        catch (Exception e) when (PipelineProblems.Describe(e) is { } failure)
        {
            if (!httpContext.Response.HasStarted)
            {
                await PipelineProblems.ToResult(httpContext, failure.Problem, failure.RetryAfter).ExecuteAsync(httpContext);
                return;
            }

            problem = failure.Problem with { Detail = $"The database went away: items from index {_totals.Items} on are not stored, send them again. Repeating earlier ones is safe where they have a transaction_id." };
        }
        catch (Exception e) when (RequestBodyReader.Describe(e) is { } failure)
        {
            if (!httpContext.Response.HasStarted)
            {
                await failure.ToResult().ExecuteAsync(httpContext);
                return;
            }

            problem = failure;
        }

        BeginAnswer(httpContext);
        writer.WriteSummary(_totals, lines.IgnoredFields, problem, _buffer);
        await SendAsync(spool, ct);
        await spool.CompleteAsync(ct);
    }

    // Once answers are on their way the status is spoken: a full queue then only slows the stream down.
    private Task<IReadOnlyList<TransactionOutcome>> SubmitAsync(IReadOnlyList<TransactionItem> chunk, bool mayWait, CancellationToken ct)
    {
        var batch = new TransactionBatch(query.Namespace, query.Source, "ndjson", chunk);
        return mayWait ? pipeline.SubmitPatientlyAsync(batch, time, ct) : pipeline.SubmitAsync(batch, ct);
    }

    private static void BeginAnswer(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            return;
        }

        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/x-ndjson; charset=utf-8";
        // A sender that reads only after its last line is not a slow reader.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private void WriteLines(AnswerWriter writer, IReadOnlyList<TransactionItem> chunk, IReadOnlyList<TransactionOutcome> outcomes)
    {
        for (int i = 0; i < chunk.Count; i++)
        {
            writer.WriteLine(AnswerWriter.ToItem(outcomes[i], _totals.Items), _buffer);
            _totals.Add(chunk[i], outcomes[i]);
        }
    }

    private async Task SendAsync(AnswerSpool spool, CancellationToken ct)
    {
        await spool.WriteAsync(_buffer.WrittenMemory, ct);
        _buffer.ResetWrittenCount();
    }
}
