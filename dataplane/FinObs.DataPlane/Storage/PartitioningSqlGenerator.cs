using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations;

namespace FinObs.DataPlane.Storage;

#pragma warning disable EF1001 // The constructor of Npgsql's generator takes an internal interface; there is no public one.

/// <summary>Makes the big tables of PostgreSQL partitioned by range of their id: a version 7 uuid begins with its time.</summary>
internal sealed class PartitioningSqlGenerator(MigrationsSqlGeneratorDependencies dependencies, INpgsqlSingletonOptions options)
    : NpgsqlMigrationsSqlGenerator(dependencies, options)
{
    protected override void Generate(CreateTableOperation operation, IModel? model, MigrationCommandListBuilder builder, bool terminate = true)
    {
        if (!Partitions.Tables.Contains(operation.Name))
        {
            base.Generate(operation, model, builder, terminate);
            return;
        }

        base.Generate(operation, model, builder, terminate: false);
        builder.Append(" PARTITION BY RANGE (id)");
        if (terminate)
        {
            builder.AppendLine(";");
            EndStatement(builder);
        }
    }
}
