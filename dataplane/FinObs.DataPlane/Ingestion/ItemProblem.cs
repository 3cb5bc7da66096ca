using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Ingestion;

/// <summary>The one item of a request is no good: 422, or 409 where its id is taken. The members of an ordinary answer come along.</summary>
internal static class ItemProblem
{
    public static ProblemHttpResult ToResult(TransactionOutcome outcome)
    {
        var error = (TransactionItemError)AnswerWriter.ToItem(outcome, 0);
        int status = outcome is TransactionOutcome.Conflict ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity;
        return TypedResults.Problem(error.Error, statusCode: status, extensions: new Dictionary<string, object?>
        {
            ["code"] = error.Code,
            ["ingested"] = 0,
            ["flagged"] = 0,
            ["total_amount"] = 0,
            ["results"] = new[] { error },
        });
    }
}
