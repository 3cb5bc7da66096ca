using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>The JSON body of an agent's request: the fields and the rules of every other door.</summary>
internal static class AgentBody
{
    public static readonly BodyProblem NotOneObject = BodyProblem.Invalid(
        ItemErrorCodes.NotAnObject, "The body is an array: send one object here; POST /webhooks/transactions takes arrays.");

    private static readonly BodyProblem NotJson = BodyProblem.WrongContentType with { Detail = "Say what the body is: Content-Type: application/json, in UTF-8." };

    public static async Task<(TransactionBody.Read? Body, IngestQuery? Query, BodyProblem? Problem)> ReadAsync(
        HttpContext http, string source, IngestionOptions options, TimeProvider time, CancellationToken ct)
    {
        if (IngestQuery.TryRead(http.Request, source, out BodyProblem? problem) is not { } query)
        {
            return (null, null, problem);
        }

        if (RequestBodyFormats.Of(http.Request.ContentType) != RequestBodyFormat.Json)
        {
            return (null, null, NotJson);
        }

        if (RequestBodyReader.Open(http.Request, options) is not { } reader)
        {
            return (null, null, BodyProblem.WrongEncoding);
        }

        TransactionBody body = await IngestionApi.ReadBodyAsync(http.Request, reader, query, options, time, ct);
        return body is TransactionBody.Read read ? (read, query, null) : (null, null, ((TransactionBody.Refused)body).Problem);
    }
}
