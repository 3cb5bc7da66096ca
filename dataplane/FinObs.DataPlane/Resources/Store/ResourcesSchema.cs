using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Resources.Store;

/// <summary>What was once in force stays readable.</summary>
internal sealed class ResourcesSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, ResourceHistoryRow.Table.Name);
}
