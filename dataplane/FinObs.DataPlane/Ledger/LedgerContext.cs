using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Ledger;

internal static class LedgerContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<TransactionRow> Transactions => db.Set<TransactionRow>();

        public DbSet<IdempotencyRow> Idempotency => db.Set<IdempotencyRow>();

        public DbSet<AccountProfileRow> AccountProfiles => db.Set<AccountProfileRow>();
    }
}
