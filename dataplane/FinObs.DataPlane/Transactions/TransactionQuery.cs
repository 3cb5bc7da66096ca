using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;
using Microsoft.AspNetCore.Mvc;

namespace FinObs.DataPlane.Transactions;

/// <summary>Filters of <c>GET /v1/transactions</c>, as they stand in the URL.</summary>
internal sealed record TransactionQuery(
    string? Namespace,
    string? Account,
    string? Decision,
    string? Type,
    string? Source,
    [property: FromQuery(Name = "min_score")] string? MinScore,
    string? From,
    string? To,
    string? Cursor,
    string? Limit)
{
    public const int DefaultLimit = 50;
    public const int MostLimit = 500;

    /// <summary>The checked filters, or a sentence that says which one is wrong and what to send.</summary>
    public (TransactionFilter? Filter, string? Problem) Check()
    {
        Decision? decision = Decision is null ? null : DecisionNames.Parse(Decision);
        if (Decision is not null && decision is null)
        {
            return (null, "decision must be approve, manual_review or block.");
        }

        if (!TryNumber(MinScore, 0, 1, out double? minScore))
        {
            return (null, "min_score must be a number from 0 to 1.");
        }

        if (!TryInstant(From, out DateTimeOffset? from) || !TryInstant(To, out DateTimeOffset? to))
        {
            return (null, "from and to must be ISO 8601 instants with a zone, such as 2026-01-31T00:00:00Z; they select by the time of receipt.");
        }

        if (!TryNumber(Limit, 1, MostLimit, out double? limit) || (limit is { } given && given != Math.Floor(given)))
        {
            return (null, $"limit must be a whole number from 1 to {MostLimit}.");
        }

        Guid? before = null;
        if (Cursor is not null)
        {
            if (!Guid.TryParseExact(Cursor, "N", out Guid cursor))
            {
                return (null, "cursor must be the `next` of the page before; leave it out for the first page.");
            }

            before = cursor;
        }

        return (new TransactionFilter(Namespace ?? "default", Account, decision, Type, Source, minScore, from, to, before, (int)(limit ?? DefaultLimit)), null);
    }

    private static bool TryNumber(string? text, double least, double most, out double? number)
    {
        number = null;
        if (text is null)
        {
            return true;
        }

        bool valid = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) && parsed >= least && parsed <= most;
        number = valid ? parsed : null;
        return valid;
    }

    private static bool TryInstant(string? text, out DateTimeOffset? instant)
    {
        instant = null;
        if (text is null)
        {
            return true;
        }

        bool valid = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset parsed);
        instant = valid ? parsed : null;
        return valid;
    }
}

/// <summary>What to list, checked; <c>Before</c> is the last id of the page before.</summary>
internal sealed record TransactionFilter(
    string Namespace, string? Account, Decision? Decision, string? Type, string? Source, double? MinScore, DateTimeOffset? From, DateTimeOffset? To,
    Guid? Before, int Limit, bool FlaggedOnly = false)
{
    /// <summary>Newest first. Ids begin with their time, so the key alone gives order, page and time range.</summary>
    public IQueryable<StoredTransaction> Apply(FinObsDbContext db)
    {
        IQueryable<StoredTransaction> rows = StoredTransactions.Joined(db).Where(row => row.Transaction.Namespace == Namespace);
        if (Account is not null)
        {
            long hash = (long)StableHash.Of(Account);
            rows = rows.Where(row => row.Transaction.AccountHash == hash && row.Transaction.AccountId == Account);
        }

        if (Decision is { } decision)
        {
            rows = rows.Where(row => row.Decision.Namespace == Namespace && row.Decision.Decision == decision);
        }

        if (FlaggedOnly)
        {
            rows = rows.Where(row => row.Decision.Decision != Contracts.Transactions.Decision.Approve);
        }

        rows = Type is null ? rows : rows.Where(row => row.Transaction.Type == Type);
        rows = Source is null ? rows : rows.Where(row => row.Transaction.Source == Source);
        rows = MinScore is null ? rows : rows.Where(row => row.Decision.Score >= MinScore);
        rows = From is { } from ? rows.Where(AtLeast(Partitions.FirstIdAt(from))) : rows;
        rows = To is { } to ? rows.Where(Below(Partitions.FirstIdAt(to))) : rows;
        rows = Before is { } before ? rows.Where(Below(before)) : rows;
        return rows.OrderByDescending(row => row.Transaction.Id).Take(Limit);
    }

    private static System.Linq.Expressions.Expression<Func<StoredTransaction, bool>> AtLeast(Guid id) => row => row.Transaction.Id >= id;

    private static System.Linq.Expressions.Expression<Func<StoredTransaction, bool>> Below(Guid id) => row => row.Transaction.Id < id;
}
