using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>
/// An append-only table whose rows may lose their personal columns and nothing else: the one UPDATE that its triggers let pass replaces the subject by <see cref="ErasedSubject.Prefix"/> and a token and empties the
/// other personal columns, while every other column stays as it is. Where a row was emptied without its key being destroyed the verifier says so: the payload still tells what stood there.
/// </summary>
/// <param name="Name">The table's.</param>
/// <param name="SubjectColumn">Text; gets the placeholder.</param>
/// <param name="HashColumn">Derived from the subject; may change with it.</param>
/// <param name="Emptied">Columns that become null.</param>
/// <param name="Kept">All others.</param>
internal sealed record ErasableTable(string Name, string SubjectColumn, string HashColumn, IReadOnlyList<string> Emptied, IReadOnlyList<string> Kept)
{
    /// <summary>Columns that the runtime's role may change, within what the triggers let pass.</summary>
    public IEnumerable<string> Personal => [SubjectColumn, HashColumn, .. Emptied];

    /// <summary>Idempotent; to be run after the statements of <see cref="AppendOnlyTables"/> for this table, whose UPDATE trigger it replaces.</summary>
    public IEnumerable<string> Statements(DatabaseKind kind) => kind == DatabaseKind.PostgreSql ? [PostgresFunction, PostgresTrigger] : [$"DROP TRIGGER IF EXISTS {Name}_no_update", SqliteTrigger];

    private string PostgresFunction => $"""
        CREATE OR REPLACE FUNCTION finobs_erase_{Name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NEW.{SubjectColumn} LIKE '{ErasedSubject.Prefix}%' AND {string.Join(" AND ", Emptied.Select(column => $"NEW.{column} IS NULL"))}
                    AND {string.Join(" AND ", Kept.Select(column => $"NEW.{column} IS NOT DISTINCT FROM OLD.{column}"))} THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '% refuses %: its rows are evidence', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
        END $$
        """;

    private string PostgresTrigger => $"CREATE OR REPLACE TRIGGER {Name}_append_only BEFORE UPDATE OR DELETE ON {Name} FOR EACH ROW EXECUTE FUNCTION finobs_erase_{Name}()";

    private string SqliteTrigger => $"""
        CREATE TRIGGER {Name}_no_update BEFORE UPDATE ON {Name}
        WHEN NOT (new.{SubjectColumn} IS NOT NULL AND new.{SubjectColumn} LIKE '{ErasedSubject.Prefix}%' AND {string.Join(" AND ", Emptied.Select(column => $"new.{column} IS NULL"))}
            AND {string.Join(" AND ", Kept.Select(column => $"new.{column} IS old.{column}"))})
        BEGIN SELECT RAISE(ABORT, '{Name} refuses UPDATE: its rows are evidence'); END
        """;
}
