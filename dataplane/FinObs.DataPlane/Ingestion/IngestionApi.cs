using System.IO.Pipelines;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ingestion.Inbound;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Ingestion;

/// <summary><c>POST /webhooks/transactions</c> and the agent's doors. They bind and answer; every rule is in <see cref="TransactionRequest"/>.</summary>
internal static class IngestionApi
{
    public const string DefaultSource = "webhook";

    public static IServiceCollection AddIngestion(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IngestionOptions>().Bind(configuration.GetSection(IngestionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services.AddInbound(configuration);
    }

    public static IEndpointRouteBuilder MapIngestion(this IEndpointRouteBuilder app)
    {
        // The limits are our own, of IngestionOptions: the server's would cut off a stream.
        RouteGroupBuilder group = app.MapGroup("").WithTags("Ingestion")
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .AddEndpointFilter(PipelineProblems.Filter)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        group.MapPost("/webhooks/transactions", IngestAsync)
            .RequirePermission(Permissions.TransactionCreate)
            .WithName("IngestTransactions")
            .WithSummary("Score and store one transaction, an array of up to 10,000, or NDJSON of any length.")
            .Produces<IngestAnswer>()
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapInbound();
        group.MapMonitor();
        group.MapExplain();
        return app;
    }

    private static async Task<IResult> IngestAsync(
        HttpContext http, ITransactionPipeline pipeline, IOptions<IngestionOptions> options, TimeProvider time, CancellationToken ct)
    {
        if (IngestQuery.TryRead(http.Request, DefaultSource, out BodyProblem? problem) is not { } query)
        {
            return problem!.ToResult();
        }

        RequestBodyFormat format = RequestBodyFormats.Of(http.Request.ContentType);
        if (format == RequestBodyFormat.Unsupported)
        {
            return BodyProblem.WrongContentType.ToResult();
        }

        if (RequestBodyReader.Open(http.Request, options.Value) is not { } reader)
        {
            http.Response.Headers.AcceptEncoding = "gzip";
            return BodyProblem.WrongEncoding.ToResult();
        }

        if (format == RequestBodyFormat.Ndjson)
        {
            return new NdjsonResult(new NdjsonReader(reader, options.Value, query.Strict, query.IdempotencyKey, time), query, pipeline, options.Value, time);
        }

        TransactionBody body = await ReadBodyAsync(http.Request, reader, query, options.Value, time, ct);
        return body is TransactionBody.Read read
            ? await SubmitAsync(read, query, pipeline, ct)
            : ((TransactionBody.Refused)body).Problem.ToResult();
    }

    /// <summary>Reads a JSON body and validates its items.</summary>
    public static async Task<TransactionBody> ReadBodyAsync(
        HttpRequest request, PipeReader reader, IngestQuery query, IngestionOptions options, TimeProvider time, CancellationToken ct)
    {
        using RequestBody body = await RequestBodyReader.ReadAsync(reader, request.ContentLength, options.MaxJsonBodyBytes, ct);
        var context = new TransactionRequestContext(time.GetUtcNow(), query.IdempotencyKey, 0);
        return body.Problem is { } problem
            ? new TransactionBody.Refused(problem)
            : TransactionBody.Parse(body.Bytes, options.MaxItems, query.Strict, context);
    }

    private static async Task<IResult> SubmitAsync(TransactionBody.Read body, IngestQuery query, ITransactionPipeline pipeline, CancellationToken ct)
    {
        IReadOnlyList<TransactionOutcome> outcomes = await pipeline.SubmitAsync(new TransactionBatch(query.Namespace, query.Source, "http", body.Items), ct);
        if (body.IsSingle && outcomes[0] is not TransactionOutcome.Scored)
        {
            return ItemProblem.ToResult(outcomes[0]);
        }

        var totals = new IngestTotals();
        for (int i = 0; i < outcomes.Count; i++)
        {
            totals.Add(body.Items[i], outcomes[i]);
        }

        return new IngestAnswerResult(outcomes, totals, body.IgnoredFields);
    }
}
