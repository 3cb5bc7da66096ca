using System.Runtime.CompilerServices;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>The audit log in words, a leaf a row, without payloads. To prove something take <c>GET /v1/audit/export</c>, which has payloads and proofs.</summary>
internal sealed class AuditExport(IDatabase database) : IExportSource
{
    private const int Page = 2_000;

    public string Type => "audit";

    public IReadOnlyList<ExportColumn> Columns { get; } =
        [new("leaf_index"), new("leaf_id"), new("at"), new("kind"), new("actor"), new("ref"), new("about"), new("subject"), new("tags"), new("trace_id"), new("leaf_hash")];

    public IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string> { ["kind"] = "an act's kind, e.g. export.made", ["tag"] = "a rule, e.g. SEC 17a-4" };

    public string? Refuse(string filter, string value) => value.Length > 0 ? null : $"{filter} is not empty.";

    public async IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Guid until = Partitions.FirstIdAt(scope.To);
        string? kind = scope.Filters.GetValueOrDefault("kind");
        string? tag = scope.Filters.GetValueOrDefault("tag");
        for (Guid last = scope.From is { } from ? Partitions.FirstIdAt(from) : Guid.Empty; ;)
        {
            await using FinObsDbContext db = database.CreateContext();
            var rows = await (
                from leaf in db.AuditLeaves
                where leaf.Namespace == scope.Namespace && leaf.Id > last && leaf.Id < until && leaf.Kind != RestrictedActs.Kind && (kind == null || leaf.Kind == kind)
                join entry in db.AuditEntries on leaf.Id equals entry.LeafId into entries
                from entry in entries.DefaultIfEmpty()
                orderby leaf.Id
                select new { leaf.Id, leaf.Leaf, Index = (long?)entry!.LeafIndex, Hash = entry.LeafHash }).Take(Page).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                LeafDocument leaf = LeafDocument.Parse(row.Leaf);
                if (tag is null || leaf.Tags.Contains(tag)) yield return Values(leaf, row.Index, row.Hash);
            }

            if (rows.Count < Page) yield break;
            last = rows[^1].Id;
        }
    }

    private static object?[] Values(LeafDocument leaf, long? index, byte[]? hash) =>
    [
        index, leaf.Id, leaf.At, leaf.Kind, leaf.Actor, leaf.Ref, leaf.About, leaf.Subject, string.Join("; ", leaf.Tags), leaf.Trace, hash is null ? null : Convert.ToHexStringLower(hash),
    ];
}
