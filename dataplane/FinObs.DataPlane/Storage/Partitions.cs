using System.Collections.Frozen;

namespace FinObs.DataPlane.Storage;

/// <summary>
/// The tables that grow for ever, and their monthly partitions on PostgreSQL. Their key is a version 7 uuid, whose first 48 bits are
/// the milliseconds since 1970: a range of ids is a range of time, and a lookup by id reads one partition.
/// </summary>
internal sealed class Partitions(TimeProvider time) : ISchemaExtra
{
    public static readonly FrozenSet<string> Tables = FrozenSet.Create("transactions", "decisions", "audit_leaves");

    private const int MonthsAhead = 3;

    public IEnumerable<string> Statements(DatabaseKind kind)
    {
        if (kind != DatabaseKind.PostgreSql)
        {
            yield break;
        }

        DateTimeOffset now = time.GetUtcNow();
        foreach (string table in Tables.Order(StringComparer.Ordinal))
        {
            for (int i = 0; i <= MonthsAhead; i++)
            {
                DateTimeOffset from = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(i);
                yield return Month(table, from);
            }

            // Whatever no month holds, should the maintenance ever be late.
            yield return $"CREATE TABLE IF NOT EXISTS {table}_default PARTITION OF {table} DEFAULT";
        }
    }

    /// <summary>
    /// A month whose rows stand in the default partition already (the maintenance did not run for months) cannot be split off: they stay there,
    /// which costs speed and nothing else, and no start fails over it.
    /// </summary>
    private static string Month(string table, DateTimeOffset from) =>
        $"""
        DO $$
        BEGIN
            CREATE TABLE IF NOT EXISTS {table}_{from:yyyyMM} PARTITION OF {table} FOR VALUES FROM ('{FirstIdAt(from)}') TO ('{FirstIdAt(from.AddMonths(1))}');
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING 'partition {table}_{from:yyyyMM} was not made: the default partition holds rows of that month';
        END $$
        """;

    /// <summary>The smallest uuid that can carry this instant.</summary>
    public static Guid FirstIdAt(DateTimeOffset instant)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        long milliseconds = instant.ToUnixTimeMilliseconds();
        for (int i = 0; i < 6; i++)
        {
            bytes[i] = (byte)(milliseconds >> (40 - (8 * i)));
        }

        return new Guid(bytes, bigEndian: true);
    }
}
