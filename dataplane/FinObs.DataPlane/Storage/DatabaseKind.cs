namespace FinObs.DataPlane.Storage;

internal enum DatabaseKind
{
    /// <summary>Embedded, one process: the laptop.</summary>
    Sqlite = 0,

    /// <summary>For real, any number of replicas.</summary>
    PostgreSql = 1,
}
