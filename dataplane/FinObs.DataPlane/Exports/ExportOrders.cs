using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Exports.Api;
using FinObs.DataPlane.Exports.Store;

namespace FinObs.DataPlane.Exports;

/// <summary>What came of asking for an export.</summary>
internal abstract record ExportOutcome
{
    /// <summary>It is made, or people are asked first.</summary>
    internal sealed record Taken(ExportRow Row) : ExportOutcome;

    /// <param name="Why">What to send instead.</param>
    internal sealed record Invalid(string Why) : ExportOutcome;

    /// <param name="Why">Which permission it takes.</param>
    internal sealed record Forbidden(string Why) : ExportOutcome;
}

/// <summary>Takes orders for exports, from the API and from people at the dashboard by the same rules.</summary>
internal sealed class ExportOrders(ExportSources sources, ExportStore store, ExportSignal signal, AuditedCommit clock, IEnumerable<IApprovalGate> gates)
{
    private const int LongestReason = 1_000;

    /// <param name="body">What is wanted.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="may">Whether they have a permission: for personal data in clear, and for rows that not everybody may read who may export.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<ExportOutcome> TakeAsync(ExportRequest body, string actor, Func<string, bool> may, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.Now();
        if (Refuse(body, now) is { } why)
        {
            return new ExportOutcome.Invalid(why);
        }

        if (sources.Find(body.Type!)!.Permission is { } needed && !may(needed))
        {
            return new ExportOutcome.Forbidden($"An export of {body.Type} needs the permission {needed}.");
        }

        if (body.PersonalData && !may(Permissions.PersonalDataRead))
        {
            return new ExportOutcome.Forbidden("personalData: true needs the permission personal_data:read. Without it personal data become tokens, the same for the same value.");
        }

        IApprovalGate? gate = gates.FirstOrDefault(known => known.IsRequired(ExportApproval.Name));
        ExportRow row = RowOf(body, actor, now, gate is null ? ExportStatus.Pending : ExportStatus.AwaitingApproval);
        if (gate is not null)
        {
            // Asked first: a request whose export was never recorded comes to nothing, an export without a request would wait for ever.
            row = row with { ApprovalId = await gate.RequestAsync(AskOf(row), cancellationToken) };
        }

        await store.CreateAsync(row, cancellationToken);
        signal.Raise();
        return new ExportOutcome.Taken(row);
    }

    private string? Refuse(ExportRequest body, DateTimeOffset now)
    {
        if (sources.Find(body.Type ?? "") is not { } source) return $"type is one of {string.Join(", ", sources.All.Select(known => known.Type))}.";
        if (body.Format is not ("csv" or "json")) return "format is csv or json.";
        if (body.From >= (body.To ?? now)) return "from is before to.";
        if (body.Reason?.Length > LongestReason) return "reason has at most 1,000 characters.";
        return body.Filters.Select(filter => source.Filters.ContainsKey(filter.Key) ? source.Refuse(filter.Key, filter.Value) : $"{source.Type} knows no filter {filter.Key}: {string.Join(", ", source.Filters.Keys)}.")
            .FirstOrDefault(problem => problem is not null);
    }

    private static ExportRow RowOf(ExportRequest body, string actor, DateTimeOffset now, ExportStatus status) => new()
    {
        Id = Guid.CreateVersion7(now),
        Namespace = body.Namespace,
        Type = body.Type!,
        Format = body.Format,
        Scope = ExportActs.Write(new ExportScope(body.Namespace, body.From?.ToUniversalTime(), (body.To < now ? body.To.Value : now).ToUniversalTime(), body.Filters)),
        Personal = body.PersonalData,
        Status = status,
        RequestedBy = actor,
        RequestedAt = now,
        Reason = body.Reason,
    };

    private static ApprovalAsk AskOf(ExportRow row) => new()
    {
        Namespace = row.Namespace,
        Action = ExportApproval.Name,
        Target = row.Id.ToString(),
        Summary = $"Export of {row.Type} as {row.Format}{(row.Personal ? ", with personal data in clear" : "")}.",
        Payload = ExportActs.Payload(row),
        RequestedBy = row.RequestedBy,
        Reason = row.Reason ?? "(none given)",
        About = row.Id,
    };
}
