using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Outbox;

/// <summary>Hashes and ids do not compress: PostgreSQL should not try, on the way in and again on the way out.</summary>
internal sealed class OutboxSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => kind == DatabaseKind.PostgreSql
        ? ["ALTER TABLE outbox ALTER COLUMN packed SET STORAGE EXTERNAL", "ALTER TABLE events ALTER COLUMN packed SET STORAGE EXTERNAL"]
        : [];
}
