using System.Data.Common;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Audit;

public class AppendOnlyTablesTests
{
    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Nothing_that_the_tree_stands_on_can_be_changed_removed_or_truncated(DatabaseKind kind)
    {
        await using var audit = await AuditHarness.StartAsync(kind);
        await audit.CommitAsync(300);
        await audit.SequenceAsync();
        foreach (var (table, column) in new[] { ("audit_leaves", "kind"), ("audit_entries", "leaf_index"), ("audit_tiles", "level"), ("audit_checkpoints", "size") })
        {
            await RefusesAsync(audit, $"UPDATE {table} SET {column} = {column}");
            await RefusesAsync(audit, $"DELETE FROM {table}");
            if (kind == DatabaseKind.PostgreSql) await RefusesAsync(audit, $"TRUNCATE {table}");
        }
    }

    [Fact]
    public async Task A_partition_refuses_what_its_table_refuses()
    {
        await using var audit = await AuditHarness.StartAsync(DatabaseKind.PostgreSql);
        await audit.CommitAsync(3);
        await RefusesAsync(audit, "UPDATE audit_leaves_202601 SET kind = 'x'");
        await RefusesAsync(audit, "DELETE FROM audit_leaves_202601");
        await RefusesAsync(audit, "TRUNCATE audit_leaves_202601");
    }

    private static async Task RefusesAsync(AuditHarness audit, string sql)
    {
        var refusal = await Assert.ThrowsAnyAsync<DbException>(() => audit.ExecuteAsync(sql));
        Assert.Contains("evidence", refusal.Message, StringComparison.Ordinal);
    }
}
