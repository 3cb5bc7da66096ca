using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Ingestion;

/// <summary><c>POST /agent/compliance/monitor</c>: one transaction through the same pipeline, answered in the words of a reviewer.</summary>
internal static class MonitorApi
{
    public const string Source = "monitor";

    public static void MapMonitor(this RouteGroupBuilder group) =>
        group.MapPost("/agent/compliance/monitor", MonitorAsync)
            .RequirePermission(Permissions.TransactionCreate)
            .WithName("MonitorTransaction")
            .WithSummary("Decide on one transaction and say why.")
            .Accepts<object>("application/json")
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<MonitorAnswer>, ProblemHttpResult>> MonitorAsync(
        HttpContext http, ITransactionPipeline pipeline, IOptions<IngestionOptions> options, TimeProvider time, CancellationToken ct)
    {
        (TransactionBody.Read? body, IngestQuery? query, BodyProblem? problem) = await AgentBody.ReadAsync(http, Source, options.Value, time, ct);
        if (problem is not null)
        {
            return problem.ToResult();
        }

        if (!body!.IsSingle)
        {
            return AgentBody.NotOneObject.ToResult();
        }

        IReadOnlyList<TransactionOutcome> outcomes = await pipeline.SubmitAsync(new TransactionBatch(query!.Namespace, query.Source, "http", body.Items), ct);
        if (outcomes[0] is not TransactionOutcome.Scored scored)
        {
            return ItemProblem.ToResult(outcomes[0]);
        }

        if (scored.Replayed)
        {
            http.Response.Headers[IngestAnswerResult.ReplayedHeader] = "true";
        }

        return TypedResults.Ok(MonitorAnswers.Of(scored));
    }
}
