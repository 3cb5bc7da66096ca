using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Ingestion;

/// <summary><c>POST /agent/compliance/explain</c> and <c>explain-batch</c>: why a transaction would have its score. Nothing is stored.</summary>
internal static class ExplainApi
{
    public static void MapExplain(this RouteGroupBuilder group)
    {
        group.MapPost("/agent/compliance/explain", ExplainAsync)
            .RequirePermission(Permissions.ExplainRead)
            .WithName("ExplainTransaction")
            .WithSummary("Explain the score that one transaction would have; nothing is stored.")
            .Accepts<object>("application/json");
        group.MapPost("/agent/compliance/explain-batch", ExplainBatchAsync)
            .RequirePermission(Permissions.ExplainBatch)
            .WithName("ExplainTransactions")
            .WithSummary("Mean absolute contribution of each feature over up to 10,000 transactions; nothing is stored.")
            .Accepts<object>("application/json");
    }

    private static async Task<Results<Ok<ExplainAnswer>, ProblemHttpResult>> ExplainAsync(
        HttpContext http, ITransactionExplainer explainer, IOptions<IngestionOptions> options, TimeProvider time, CancellationToken ct)
    {
        (TransactionBody.Read? body, IngestQuery? query, BodyProblem? problem) = await AgentBody.ReadAsync(http, MonitorApi.Source, options.Value, time, ct);
        if (problem is not null)
        {
            return problem.ToResult();
        }

        if (!body!.IsSingle)
        {
            return (AgentBody.NotOneObject with { Detail = "The body is an array: send one object here, or the array to explain-batch." }).ToResult();
        }

        if (body.Items[0] is not TransactionItem.Valid valid)
        {
            return Refuse((TransactionItem.Invalid)body.Items[0], 0);
        }

        TransactionExplanations explanations = await explainer.ExplainAsync(query!.Namespace, [valid.Transaction], ct);
        return TypedResults.Ok(ExplainAnswers.Of(explanations));
    }

    private static async Task<Results<Ok<ExplainBatchAnswer>, ProblemHttpResult>> ExplainBatchAsync(
        HttpContext http, ITransactionExplainer explainer, IOptions<IngestionOptions> options, TimeProvider time, CancellationToken ct)
    {
        (TransactionBody.Read? body, IngestQuery? query, BodyProblem? problem) = await AgentBody.ReadAsync(http, MonitorApi.Source, options.Value, time, ct);
        if (problem is not null)
        {
            return problem.ToResult();
        }

        // A mean over some of them would pass for a mean over all: the first bad item ends it.
        var transactions = new List<NewTransaction>(body!.Items.Count);
        foreach (TransactionItem item in body.Items)
        {
            if (item is TransactionItem.Invalid invalid)
            {
                return Refuse(invalid, transactions.Count);
            }

            transactions.Add(((TransactionItem.Valid)item).Transaction);
        }

        if (transactions.Count == 0)
        {
            return BodyProblem.Invalid("empty_batch", "The array is empty: send at least one transaction.").ToResult();
        }

        return TypedResults.Ok(ExplainAnswers.OfBatch(await explainer.ExplainAsync(query!.Namespace, transactions, ct)));
    }

    private static ProblemHttpResult Refuse(TransactionItem.Invalid invalid, int index) => TypedResults.Problem(
        invalid.Error.Message,
        statusCode: StatusCodes.Status422UnprocessableEntity,
        extensions: new Dictionary<string, object?>
        {
            ["code"] = invalid.Error.Code,
            ["index"] = index,
            ["transaction_id"] = invalid.TransactionId,
        });
}
