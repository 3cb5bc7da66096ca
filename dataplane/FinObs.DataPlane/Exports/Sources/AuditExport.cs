using System.Runtime.CompilerServices;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>The audit log in words, a leaf a row, without payloads. To prove something take <c>GET /v1/audit/export</c>, which has payloads and proofs.</summary>
internal sealed class AuditExport(IDatabase database) : IExportSource
{
    public string Type => "audit";

    public IReadOnlyList<ExportColumn> Columns { get; } =
        [new("leaf_index"), new("leaf_id"), new("at"), new("kind"), new("actor"), new("ref"), new("about"), new("subject"), new("tags"), new("trace_id"), new("leaf_hash")];

    public IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string> { ["kind"] = "an act's kind, e.g. export.made", ["tag"] = "a rule, e.g. SEC 17a-4" };

    public string? Refuse(string filter, string value) => value.Length > 0 ? null : $"{filter} is not empty.";

    public async IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? kind = scope.Filters.GetValueOrDefault("kind");
        string? tag = scope.Filters.GetValueOrDefault("tag");
        await foreach (var row in ExportPages.ReadAsync(
            database, scope,
            (db, after, until) =>
                from leaf in db.AuditLeaves
                where leaf.Namespace == scope.Namespace && leaf.Id > after && leaf.Id < until && leaf.Kind != RestrictedActs.Kind && (kind == null || leaf.Kind == kind)
                join entry in db.AuditEntries on leaf.Id equals entry.LeafId into entries
                from entry in entries.DefaultIfEmpty()
                orderby leaf.Id
                select new { leaf.Id, leaf.Leaf, Index = (long?)entry!.LeafIndex, Hash = entry.LeafHash },
            row => row.Id, cancellationToken))
        {
            LeafDocument leaf = LeafDocument.Parse(row.Leaf);
            if (tag is null || leaf.Tags.Contains(tag))
            {
                yield return Values(leaf, row.Index, row.Hash);
            }
        }
    }

    private static object?[] Values(LeafDocument leaf, long? index, byte[]? hash) =>
    [
        index, leaf.Id, leaf.At, leaf.Kind, leaf.Actor, leaf.Ref, leaf.About, leaf.Subject, string.Join("; ", leaf.Tags), leaf.Trace, hash is null ? null : Convert.ToHexStringLower(hash),
    ];
}
