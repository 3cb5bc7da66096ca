using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Windows;

/// <summary>Which window is wanted; what is left out has a default.</summary>
internal sealed record WindowRequest(string Namespace, string Model, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset? AsOf, string By);

/// <summary>Freezes windows and seals them at their first reading.</summary>
internal sealed class TrainingWindows(IDatabase database, AuditedCommit commit, IOptions<RetrainingOptions> options)
{
    /// <summary>A row that is not stored yet.</summary>
    /// <exception cref="ArgumentException">The range is empty or lies in the future; the message says what to send.</exception>
    public TrainingWindowRow Prepare(WindowRequest request)
    {
        DateTimeOffset now = commit.Now();
        DateTimeOffset latest = Microseconds(now - options.Value.Settle);
        DateTimeOffset to = Microseconds(request.To is { } until && until < latest ? until : latest);
        DateTimeOffset from = Microseconds(request.From ?? to - options.Value.Window);
        DateTimeOffset asOf = Microseconds(request.AsOf ?? now);
        if (from >= to)
        {
            throw new ArgumentException($"from must be before to, and to at the latest {options.Value.Settle.TotalSeconds:0} s ago (Retraining:Settle).", nameof(request));
        }

        if (asOf > now)
        {
            throw new ArgumentException("asOf must not lie in the future: labels that nobody has given yet cannot be frozen.", nameof(request));
        }

        return new TrainingWindowRow
        {
            Id = Guid.CreateVersion7(now),
            Namespace = request.Namespace,
            Model = request.Model,
            From = from,
            To = to,
            AsOf = asOf,
            Maturity = (long)options.Value.LabelMaturity.TotalMicroseconds,
            RequestedBy = request.By,
            FrozenAt = now,
        };
    }

    public async Task<TrainingWindowRow> FreezeAsync(WindowRequest request, CancellationToken cancellationToken)
    {
        TrainingWindowRow row = Prepare(request);
        Guid? leaf = await commit.WriteAsync(
            row.Act(),
            async (session, id, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                db.Add(row with { LeafId = id });
                await db.SaveChangesAsync(cancel);
                return true;
            },
            cancellationToken);
        return row with { LeafId = leaf!.Value };
    }

    public async Task<TrainingWindowRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.TrainingWindows.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>Keeps what the first reading found; false where a reading before found something else: an erasure has changed what can be read.</summary>
    public async Task<bool> SealAsync(TrainingWindowRow window, string digest, long rows, CancellationToken cancellationToken)
    {
        TrainingWindowRow closed = window with { DataDigest = digest, Rows = rows, SealedAt = commit.Now() };
        Guid? leaf = await commit.WriteAsync(
            closed.SealedAct(),
            async (session, _, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                return await db.TrainingWindows.Where(row => row.Id == window.Id && row.DataDigest == null).ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.DataDigest, digest).SetProperty(row => row.Rows, rows).SetProperty(row => row.SealedAt, closed.SealedAt), cancel) == 1;
            },
            cancellationToken);
        return leaf is not null || (await FindAsync(window.Id, cancellationToken))?.DataDigest == digest;
    }

    private static DateTimeOffset Microseconds(DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
