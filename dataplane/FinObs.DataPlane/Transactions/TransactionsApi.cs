using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Transactions;

/// <summary>Reading what was decided.</summary>
internal static class TransactionsApi
{
    public static IEndpointRouteBuilder MapTransactions(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("").WithTags("Transactions");
        group.MapGet("/v1/transactions", ListAsync).RequirePermission(Permissions.TransactionRead).WithName("ListTransactions")
            .WithSummary("Transactions with their decisions, newest first, a page at a time.");
        group.MapGet("/v1/transactions/{id}", GetAsync).RequirePermission(Permissions.TransactionRead).WithName("GetTransaction")
            .WithSummary("One transaction by our id or the sender's: decision, features, explanation, model digest, trace and proof.");
        group.MapGet("/v1/transactions/{id}/evidence", EvidenceAsync).RequirePermission(Permissions.EvidenceRead).WithName("GetEvidence")
            .WithSummary("All that is known of the decision as one file that verifies offline: its leaf and those about it, payloads, proofs, signed checkpoint, explanation, deliveries.");
        group.MapGet("/webhooks/results", ResultsAsync).RequirePermission(Permissions.TransactionRead).WithName("ListResults").WithSummary("The latest answers of the inbound webhook.");
        return app;
    }

    private static async Task<Results<Ok<Page<TransactionSummary>>, ProblemHttpResult>> ListAsync(
        [AsParameters] TransactionQuery query, HttpContext context, IDatabase database, StoredTransactions stored, PiiGuard guard, CancellationToken cancellationToken)
    {
        (TransactionFilter? filter, string? problem) = query.Check();
        if (filter is null)
        {
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest, title: "A filter is not valid.");
        }

        await using FinObsDbContext db = database.CreateContext();
        List<StoredTransaction> rows = await filter.Apply(db).ToListAsync(cancellationToken);
        List<TransactionSummary> items = new(rows.Count);
        bool inClear = Caller.Has(context.User, Permissions.PersonalDataRead);
        foreach (StoredTransaction row in rows)
        {
            TransactionResult result = await stored.ResultAsync(row, cancellationToken);
            TransactionSummary summary = SummaryOf(row, result);
            items.Add(inClear ? summary : summary with { Account = Token(guard, summary.Account), Counterparty = Token(guard, summary.Counterparty) });
        }

        return TypedResults.Ok(new Page<TransactionSummary>(items, rows.Count == filter.Limit ? rows[^1].Transaction.Id.ToString("N") : null));
    }

    private static async Task<Results<Ok<TransactionDetail>, ProblemHttpResult>> GetAsync(
        string id, HttpContext context, TransactionLookup lookup, TransactionDetails details, PiiGuard guard, string? source, string? @namespace, CancellationToken cancellationToken)
    {
        List<StoredTransaction> found = await lookup.FindAsync(id, source, @namespace ?? "default", cancellationToken);
        if (found.Count != 1)
        {
            return NotOne(found);
        }

        TransactionDetail detail = await details.OfAsync(found[0], cancellationToken);
        return TypedResults.Ok(Caller.Has(context.User, Permissions.PersonalDataRead)
            ? detail
            : detail with { Account = Token(guard, detail.Account), Counterparty = Token(guard, detail.Counterparty), Meta = null });
    }

    /// <summary>What those see who may not read personal data: the same for the same value.</summary>
    private static string? Token(PiiGuard guard, string? value) => value is null ? null : guard.CleanField("account", value);
    /// <summary>A checkpoint covers the decision about a second after its commit; until then there is nothing to prove it with.</summary>
    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> EvidenceAsync(
        string id, HttpContext context, TransactionLookup lookup, AuditReader audit, EvidenceWriter evidence, string? source, string? @namespace, long? anchor,
        CancellationToken cancellationToken)
    {
        List<StoredTransaction> found = await lookup.FindAsync(id, source, @namespace ?? "default", cancellationToken);
        if (found.Count != 1)
        {
            return NotOne(found);
        }

        DecisionRow decision = found[0].Decision;
        if (await audit.FindLeafAsync(decision.LeafId, cancellationToken) is { Provable: true })
        {
            if (await audit.LatestCheckpointAsync(cancellationToken) is { } newest && (anchor is < 1 || anchor > newest.Size))
            {
                return TypedResults.Problem(
                    $"anchor is the size of an older checkpoint that you kept, from 1 to {newest.Size}.", statusCode: StatusCodes.Status400BadRequest, title: "The anchor is not valid.");
            }

            EvidenceSubject subject = new(decision.Namespace, decision.Id, decision.LeafId);
            return TypedResults.Stream(output => evidence.WriteAsync(output, subject, anchor, context.RequestAborted), EvidenceFormat.MediaType, $"evidence-{decision.Id}.ndjson");
        }

        context.Response.Headers.RetryAfter = "1";
        return TypedResults.Problem(
            "No signed checkpoint covers the decision yet: ask again in a second.", statusCode: StatusCodes.Status503ServiceUnavailable, title: "Pending.");
    }

    private static ProblemHttpResult NotOne(List<StoredTransaction> found) => found.Count == 0
        ? TypedResults.Problem(
            "No transaction has this id. Use the `id` of an answer, or the transaction_id that was sent.", statusCode: StatusCodes.Status404NotFound, title: "Not found.")
        : TypedResults.Problem(
            $"This transaction_id came from several sources ({string.Join(", ", found.Select(row => row.Transaction.Source).Order(StringComparer.Ordinal))}): add ?source=, or use our id.",
            statusCode: StatusCodes.Status409Conflict, title: "Not unique.");

    private static async Task<Results<Ok<ResultsAnswer>, ProblemHttpResult>> ResultsAsync(
        IDatabase database, StoredTransactions stored, string? source, bool? flagged_only, string? limit, string? @namespace, CancellationToken cancellationToken)
    {
        (TransactionFilter? filter, string? problem) = new TransactionQuery(@namespace, null, null, null, source, null, null, null, null, limit).Check();
        if (filter is null)
        {
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest, title: "A filter is not valid.");
        }

        await using FinObsDbContext db = database.CreateContext();
        List<StoredTransaction> rows = await (filter with { FlaggedOnly = flagged_only ?? false }).Apply(db).ToListAsync(cancellationToken);
        List<TransactionResult> results = new(rows.Count);
        foreach (StoredTransaction row in rows)
        {
            results.Add(await stored.ResultAsync(row, cancellationToken));
        }

        return TypedResults.Ok(new ResultsAnswer(results.Count, results));
    }

    private static TransactionSummary SummaryOf(StoredTransaction stored, TransactionResult result)
    {
        TransactionRow row = stored.Transaction;
        return new TransactionSummary(
            row.Id, row.TransactionId, row.Source, row.AccountId, row.CounterpartyId, row.Type, row.Amount, row.Currency,
            row.IsCredit ? "credit" : "debit", row.OccurredAt, row.ReceivedAt, result.Decision, result.AnomalyScore, result.RiskFactors, result.ModelVersion);
    }
}
