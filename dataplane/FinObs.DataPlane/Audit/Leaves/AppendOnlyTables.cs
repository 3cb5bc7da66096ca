using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>
/// SQL that makes a table append-only: UPDATE and DELETE (and TRUNCATE, which SQLite lacks) fail with a message. It stops mistakes and the runtime role, not an owner who drops the triggers: against that
/// stands the tree. Other slices use it for rows that must never change.
/// </summary>
internal static class AppendOnlyTables
{
    private static readonly string[] Changes = ["UPDATE", "DELETE"];

    /// <summary>Idempotent; run it after the tables and their partitions exist.</summary>
    public static IEnumerable<string> Statements(DatabaseKind kind, params IReadOnlyList<string> tables) =>
        kind == DatabaseKind.PostgreSql ? [RefuseFunction, .. tables.Select(Postgres)] : tables.SelectMany(Sqlite);

    private const string RefuseFunction = """
        CREATE OR REPLACE FUNCTION finobs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% refuses %: its rows are evidence', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
        END $$
        """;

    // Row triggers of a partitioned table reach its partitions by themselves; TRUNCATE triggers do not, so each partition gets its own.
    private static string Postgres(string table) => $"""
        DO $$
        DECLARE part regclass;
        BEGIN
            CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION finobs_refuse_change();
            FOR part IN SELECT '{table}'::regclass UNION ALL SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '{table}'::regclass LOOP
                EXECUTE format('CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION finobs_refuse_change()', part);
            END LOOP;
        END $$
        """;

    private static IEnumerable<string> Sqlite(string table) => Changes.Select(operation => $"""
        CREATE TRIGGER IF NOT EXISTS {table}_no_{operation.ToLowerInvariant()} BEFORE {operation} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} refuses {operation}: its rows are evidence'); END
        """);
}
