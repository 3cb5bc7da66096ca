using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ingestion.Inbound.Forms;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Ingestion.Inbound;

/// <summary>Runs a source of pulls now. Registered by the slice that pulls.</summary>
internal interface IPullTrigger
{
    /// <summary>False where there is no such source.</summary>
    Task<bool> TriggerAsync(string @namespace, string name, string by, CancellationToken cancellationToken);
}

/// <summary><c>POST /webhooks/inbound/{source}</c>: webhooks in the sender's own form, proven by the sender's own signature.</summary>
internal static class InboundApi
{
    /// <summary>Held in memory before anybody is proven: Stripe's events are far below, a page of Plaid's 500 transactions too.</summary>
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    public static IServiceCollection AddInbound(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<InboundOptions>().Bind(configuration.GetSection(InboundOptions.Section));
        services.AddHttpClient(InboundSources.PlaidClient).ConfigureHttpClient(client => client.Timeout = TimeSpan.FromSeconds(5));
        services.AddSingleton<InboundSources>();
        return services;
    }

    public static void MapInbound(this RouteGroupBuilder group) => group.MapPost("/webhooks/inbound/{source}", ReceiveAsync)
        .AllowAnonymous()
        .WithName("ReceiveInbound")
        .WithSummary("A webhook of a configured sender (Stripe, Plaid, Standard Webhooks, or anything by a declared mapping).")
        .Produces<IngestAnswer>()
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> ReceiveAsync(
        string source, HttpContext http, InboundSources sources, ITransactionPipeline pipeline, IPullTrigger pulls, IOptions<IngestionOptions> options, TimeProvider time, CancellationToken ct)
    {
        if (sources.Find(source) is not { } sender)
        {
            return Problem(StatusCodes.Status404NotFound, "source_unknown", "There is no such source here: configure it under Inbound:Sources, or post to /webhooks/transactions.");
        }

        if (!sender.IsSigned && !AccessAllows(http))
        {
            return Problem(StatusCodes.Status401Unauthorized, "unauthenticated", "This source signs nothing: send a key of this host, as for /webhooks/transactions.");
        }

        if (http.Request.Headers.ContentEncoding.Count > 0 || RequestBodyReader.Open(http.Request, options.Value) is not { } reader)
        {
            return Problem(StatusCodes.Status415UnsupportedMediaType, "unsupported_encoding", "Send the body as it was signed, without Content-Encoding.");
        }

        using RequestBody body = await RequestBodyReader.ReadAsync(reader, http.Request.ContentLength, Math.Min(MaxBodyBytes, options.Value.MaxJsonBodyBytes), ct);
        if (body.Problem is { } unread)
        {
            return unread.ToResult();
        }

        byte[] bytes = body.Bytes.ToArray();
        if (await sender.Signature.ProblemAsync(http.Request.Headers, bytes, ct) is { } forged)
        {
            return Problem(StatusCodes.Status401Unauthorized, "signature_invalid", forged);
        }

        return sender.Form.Read(bytes, time.GetUtcNow()) switch
        {
            InboundContent.Refused refused => refused.Problem.ToResult(),
            InboundContent.Items items => await TakeAsync(sender, items, pipeline, pulls, ct),
            _ => throw new InvalidOperationException("A body is read or refused."),
        };
    }

    private static async Task<IResult> TakeAsync(InboundSource sender, InboundContent.Items items, ITransactionPipeline pipeline, IPullTrigger pulls, CancellationToken ct)
    {
        if (items.AsksForPull && sender.PullSource is { } name && !await pulls.TriggerAsync(sender.Namespace, name, $"inbound:{sender.Name}", ct))
        {
            return Problem(StatusCodes.Status503ServiceUnavailable, "pull_source_unknown", $"There is something to fetch, but no PullSource {sender.Namespace}/{name}: create it; the sender tries again.");
        }

        IReadOnlyList<TransactionOutcome> outcomes = await pipeline.SubmitAsync(new TransactionBatch(sender.Namespace, sender.Name, "inbound", items.Transactions), ct);

        // What is not understood is refused, so that the sender keeps it and says so. What is stored already is not, whatever came with it: the sender could do nothing about it.
        if (outcomes.Count > 0 && outcomes.All(outcome => outcome is TransactionOutcome.Rejected))
        {
            return ItemProblem.ToResult(outcomes[0]);
        }

        IngestTotals totals = new();
        for (int i = 0; i < outcomes.Count; i++)
        {
            totals.Add(items.Transactions[i], outcomes[i]);
        }

        return new IngestAnswerResult(outcomes, totals, [], items.LeftOut);
    }

    /// <summary>With access control who may post transactions, without it anybody on this machine.</summary>
    private static bool AccessAllows(HttpContext http) => Caller.Has(http.User, Permissions.TransactionCreate);

    private static ProblemHttpResult Problem(int status, string code, string detail) =>
        TypedResults.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code });
}
