using System.Data.Common;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Audit.Tree;

/// <summary>Stands for a kill: the session is abandoned at the n-th of its inserts and commits, so the database rolls it back.</summary>
internal sealed class FaultyDatabase(IDatabase inner) : IDatabase
{
    /// <summary>1 = the first insert of a session; one beyond the last insert = the commit.</summary>
    public int? FailAtStep { get; set; }

    public DatabaseKind Kind => inner.Kind;

    public FinObsDbContext CreateContext() => inner.CreateContext();

    public FinObsDbContext CreateHotContext() => inner.CreateHotContext();

    public Task<DbConnection> OpenHotAsync(CancellationToken cancellationToken) => inner.OpenHotAsync(cancellationToken);

    public async Task<IWriteSession> BeginWriteAsync(CancellationToken cancellationToken) => new Session(await inner.BeginWriteAsync(cancellationToken), this);

    private sealed class Session(IWriteSession session, FaultyDatabase owner) : IWriteSession
    {
        private int _step;

        public DatabaseKind Kind => session.Kind;
        public DbConnection Connection => session.Connection;
        public DbTransaction Transaction => session.Transaction;

        public async Task<int[]> InsertAsync(IReadOnlyList<IBulkRows> tables, CancellationToken cancellationToken)
        {
            Step();
            return await session.InsertAsync(tables, cancellationToken);
        }

        public async Task CommitAsync(CancellationToken cancellationToken)
        {
            if (owner.FailAtStep is not null) throw new KilledException();
            await session.CommitAsync(cancellationToken);
        }

        public void AfterCommit(Action act) => session.AfterCommit(act);

        public ValueTask DisposeAsync() => session.DisposeAsync();

        private void Step()
        {
            if (++_step == owner.FailAtStep) throw new KilledException();
        }
    }
}

public sealed class KilledException : Exception;
