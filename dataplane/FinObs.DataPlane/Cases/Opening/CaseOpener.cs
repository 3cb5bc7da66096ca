using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Cases.Opening;

/// <summary>Opens cases, or adds to those that are open: rows, leaves and whatever the caller writes in one commit.</summary>
internal sealed class CaseOpener(IDatabase database, AuditedCommit commit, IOptions<CaseOptions> options)
{
    private const int IdsPerQuery = 500;
    private const int Rounds = 20;

    private const string Count =
        "INSERT INTO case_counters (namespace, last_number) VALUES (@namespace, @count) "
        + "ON CONFLICT (namespace) DO UPDATE SET last_number = case_counters.last_number + excluded.last_number RETURNING last_number";

    /// <summary>One case, from a person or from a slice that has found trouble.</summary>
    /// <returns>The case's id: a new one's, or that of the open case that it was added to.</returns>
    public async Task<Guid> OpenAsync(NewCase wanted, CancellationToken cancellationToken)
    {
        for (int round = 0; round < Rounds; round++)
        {
            if (await TryOpenAsync([wanted], [], also: null, cancellationToken) is { Count: > 0 } ids)
            {
                return ids[0];
            }
        }

        throw new InvalidOperationException("Cases of this key are opened and closed so fast that none could be opened.");
    }

    /// <summary>All of them or none.</summary>
    /// <param name="wanted">Of one namespace; transactions that belong to a case already are left out.</param>
    /// <param name="entries">Entries of the compliance log; those that are there already are left out.</param>
    /// <param name="also">Rows of the same commit; false: nothing is to be written.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns>The ids of what was opened or grew; null where somebody changed one of them meanwhile, and nothing was written.</returns>
    public async Task<IReadOnlyList<Guid>?> TryOpenAsync(
        IReadOnlyList<NewCase> wanted, IReadOnlyList<ComplianceEntryRow> entries, Func<IWriteSession, CancellationToken, Task<bool>>? also, CancellationToken cancellationToken)
    {
        List<Plan> plans = await PlanAsync(wanted, cancellationToken);
        List<ComplianceEntryRow> fresh = await FreshAsync(entries, cancellationToken);
        if (plans.Count + fresh.Count == 0)
        {
            return also is null || await AlsoAsync(also, cancellationToken) ? [] : null;
        }

        try
        {
            IReadOnlyList<Guid>? leaves = await commit.WriteAsync(
                [.. plans.Select(plan => plan.Activity.Act(plan.After.Account, plan.Wanted.Traceparent ?? Activity.Current?.Id)), .. fresh.Select(entry => entry.Act())],
                async (session, ids, cancel) => (also is null || await also(session, cancel)) && await WriteAsync(session, plans, fresh, ids, cancel),
                cancellationToken);
            return leaves is null ? null : [.. plans.Select(plan => plan.After.Id)];
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another one opened a case of the key, or took one of the transactions: the next look finds it.
            return null;
        }
    }

    private async Task<bool> AlsoAsync(Func<IWriteSession, CancellationToken, Task<bool>> also, CancellationToken cancellationToken)
    {
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await also(session, cancellationToken))
        {
            return false;
        }

        await session.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<List<ComplianceEntryRow>> FreshAsync(IReadOnlyList<ComplianceEntryRow> entries, CancellationToken cancellationToken)
    {
        List<ComplianceEntryRow> fresh = [];
        await using FinObsDbContext db = database.CreateContext();
        foreach (ComplianceEntryRow[] part in entries.Chunk(IdsPerQuery))
        {
            string[] origins = [.. part.Select(entry => entry.Origin).OfType<string>()];
            HashSet<string?> there = await db.ComplianceLog.Where(row => row.Namespace == part[0].Namespace && row.Origin != null && origins.Contains(row.Origin)).Select(row => row.Origin).ToHashSetAsync(cancellationToken);
            fresh.AddRange(part.Where(entry => !there.Contains(entry.Origin)));
        }

        return fresh;
    }

    private async Task<List<Plan>> PlanAsync(IReadOnlyList<NewCase> wanted, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        NewCase[] merged = [.. wanted.GroupBy(one => one.Key, StringComparer.Ordinal).Select(group => group.Count() == 1 ? group.First() : Merge([.. group]))];
        HashSet<Guid> taken = await TakenAsync(merged, cancellationToken);
        Dictionary<string, CaseRow> open = await OpenOnesAsync(merged, cancellationToken);
        List<Plan> plans = [];
        foreach (NewCase one in merged)
        {
            CaseTransactionRow[] fresh = [.. one.Transactions.Where(row => !taken.Contains(row.TransactionRef)).DistinctBy(row => row.TransactionRef)];
            if (fresh.Length == 0 && one.Transactions.Count > 0)
            {
                continue; // seen before
            }

            NewCase rest = one with { Transactions = fresh };
            plans.Add(open.TryGetValue(one.Key, out CaseRow? row) ? Grow(rest, row, now) : Open(rest, now));
        }

        return plans;
    }

    private async Task<HashSet<Guid>> TakenAsync(NewCase[] wanted, CancellationToken cancellationToken)
    {
        HashSet<Guid> taken = [];
        await using FinObsDbContext db = database.CreateHotContext();
        foreach (Guid[] part in wanted.SelectMany(one => one.Transactions).Select(row => row.TransactionRef).Chunk(IdsPerQuery))
        {
            taken.UnionWith(await db.CaseTransactions.Where(row => part.Contains(row.TransactionRef)).Select(row => row.TransactionRef).ToListAsync(cancellationToken));
        }

        return taken;
    }

    private async Task<Dictionary<string, CaseRow>> OpenOnesAsync(NewCase[] wanted, CancellationToken cancellationToken)
    {
        Dictionary<string, CaseRow> open = new(StringComparer.Ordinal);
        if (wanted.Length == 0)
        {
            return open;
        }

        string name = wanted[0].Namespace;
        await using FinObsDbContext db = database.CreateHotContext();
        foreach (string[] part in wanted.Select(one => one.Key).Chunk(IdsPerQuery))
        {
            List<CaseRow> rows = await db.Cases.Where(row => row.Namespace == name && row.OpenKey != null && part.Contains(row.OpenKey)).ToListAsync(cancellationToken);
            rows.ForEach(row => open[row.OpenKey!] = row);
        }

        return open;
    }

    private Plan Open(NewCase one, DateTimeOffset now)
    {
        Guid id = Guid.CreateVersion7(now);
        CaseRow row = new()
        {
            Id = id,
            Namespace = one.Namespace,
            Number = 0,
            Type = one.Type,
            Title = one.Title,
            Description = one.Description,
            Severity = one.Severity,
            Priority = one.Priority ?? 4 - (int)one.Severity,
            Status = CaseStatus.Open,
            OpenKey = one.Key,
            Source = one.Source,
            Account = one.Account,
            AccountHash = (long)StableHash.Of(one.Account),
            Desk = one.Desk,
            Trader = one.Trader,
            RootCause = one.RootCause,
            DetectionMethod = one.DetectionMethod,
            OpenedAt = now,
            UpdatedAt = now,
            LastEventAt = now,
            DueAt = now + options.Value.DueWithin.Of(one.Severity),
            Transactions = one.Transactions.Count,
            Reasons = CaseText.List(one.Reasons),
            LargestAmount = one.LargestAmount,
            HighestScore = one.HighestScore,
            Traceparent = one.Traceparent ?? Activity.Current?.Id,
        };
        return new Plan(one, null, row, ActivityOf(one, row, CaseKinds.Opened, null, one.Severity.ToString(), now));
    }

    private Plan Grow(NewCase one, CaseRow before, DateTimeOffset now)
    {
        CaseSeverity severity = (CaseSeverity)Math.Max((int)before.Severity, (int)one.Severity);
        DateTimeOffset due = before.OpenedAt + options.Value.DueWithin.Of(severity);
        CaseRow after = before with
        {
            Severity = severity,
            DueAt = before.DueByHand || due > before.DueAt ? before.DueAt : due,
            Transactions = before.Transactions + one.Transactions.Count,
            Reasons = CaseText.List([.. CaseText.Items(before.Reasons), .. one.Reasons]),
            LargestAmount = Larger(before.LargestAmount, one.LargestAmount),
            HighestScore = Larger(before.HighestScore, one.HighestScore),
            UpdatedAt = now,
            LastEventAt = now,
        };
        return new Plan(one, before, after, ActivityOf(one, after, CaseKinds.Grew, before.Severity.ToString(), severity.ToString(), now));
    }

    private static CaseActivityRow ActivityOf(NewCase one, CaseRow row, string kind, string? old, string? @new, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Namespace = one.Namespace,
        CaseId = row.Id,
        Kind = kind,
        Actor = one.Actor,
        At = now,
        OldValue = old,
        NewValue = @new,
        Comment = one.Comment,
        Items = one.Transactions.Count == 0 ? null : CaseText.List(one.Transactions.Select(transaction => transaction.TransactionRef.ToString())),
    };

    private static async Task<bool> WriteAsync(IWriteSession session, List<Plan> plans, List<ComplianceEntryRow> entries, IReadOnlyList<Guid> leaves, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
        db.AddRange(entries.Select((entry, i) => entry with { LeafId = leaves[plans.Count + i] }));
        int opened = plans.Count(plan => plan.Before is null);
        long number = opened == 0 ? 0 : await NumbersAsync(session, plans[0].After.Namespace, opened, cancellationToken);
        for (int i = 0; i < plans.Count; i++)
        {
            Plan plan = plans[i];
            if (plan.Before is { } before)
            {
                if (!await GrowAsync(db, before, plan.After, cancellationToken))
                {
                    return false;
                }
            }
            else
            {
                db.Add(plan.After with { Number = ++number, LeafId = leaves[i] });
            }

            db.Add(plan.Activity with { LeafId = leaves[i] });
            db.AddRange(plan.Wanted.Transactions.Select(row => row with { CaseId = plan.After.Id }));
        }

        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    /// <summary>The number before the first of these.</summary>
    private static async Task<long> NumbersAsync(IWriteSession session, string @namespace, int count, CancellationToken cancellationToken)
    {
        await using DbCommand command = session.CreateCommand(Count);
        command.With(session.Kind, "namespace", @namespace).With(session.Kind, "count", (long)count);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) - count;
    }

    private static async Task<bool> GrowAsync(FinObsDbContext db, CaseRow before, CaseRow after, CancellationToken cancellationToken) =>
        await db.Cases.Where(row => row.Id == before.Id && row.OpenKey == before.OpenKey && row.Transactions == before.Transactions && row.Version == before.Version).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Severity, after.Severity)
                .SetProperty(row => row.DueAt, after.DueAt)
                .SetProperty(row => row.Transactions, after.Transactions)
                .SetProperty(row => row.Reasons, after.Reasons)
                .SetProperty(row => row.LargestAmount, after.LargestAmount)
                .SetProperty(row => row.HighestScore, after.HighestScore)
                .SetProperty(row => row.UpdatedAt, after.UpdatedAt)
                .SetProperty(row => row.LastEventAt, after.LastEventAt),
            cancellationToken) == 1;

    private static NewCase Merge(NewCase[] alike) => alike[0] with
    {
        Severity = alike.Max(one => one.Severity),
        Transactions = [.. alike.SelectMany(one => one.Transactions)],
        Reasons = [.. alike.SelectMany(one => one.Reasons).Distinct(StringComparer.Ordinal)],
        LargestAmount = alike.Max(one => one.LargestAmount),
        HighestScore = alike.Max(one => one.HighestScore),
    };

    private static double? Larger(double? a, double? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);

    /// <summary>What is to be written for one of them.</summary>
    private sealed record Plan(NewCase Wanted, CaseRow? Before, CaseRow After, CaseActivityRow Activity);
}

/// <summary>Short lists in one column, each item between line ends.</summary>
internal static class CaseText
{
    public static string List(IEnumerable<string> items)
    {
        string[] all = [.. items.Distinct(StringComparer.Ordinal)];
        return all.Length == 0 ? "" : $"\n{string.Join('\n', all)}\n";
    }

    public static string[] Items(string? list) => list?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
