using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit;

/// <summary>Everything that the tree stands on only grows.</summary>
internal sealed class AuditSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) =>
        AppendOnlyTables.Statements(kind, AuditLeaf.Table.Name, AuditEntry.Table.Name, AuditTile.Table.Name, AuditCheckpoint.Table.Name);
}
