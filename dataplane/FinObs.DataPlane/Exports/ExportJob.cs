using System.Security.Cryptography;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Exports.Store;
using FinObs.DataPlane.Exports.Verification;
using FinObs.DataPlane.Exports.Writing;
using FinObs.DataPlane.Pii;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Exports;

/// <summary>Makes one export's file: rows from the source, bytes in parts, one part in memory at a time; at the end the signed manifest.</summary>
internal sealed class ExportJob(ExportStore store, ExportSources sources, AuditKeyring keyring, PiiGuard guard, AuditedCommit clock, IOptions<ExportOptions> options)
{
    private const int PartBytes = 256 * 1024;

    /// <summary>False where another worker has taken over.</summary>
    public async Task<bool> RunAsync(ExportRow row, CancellationToken cancellationToken)
    {
        if (sources.Find(row.Type) is not { } source)
        {
            await store.FailAsync(row, $"This version exports no {row.Type}: see GET /v1/exports/types.", cancellationToken);
            return true;
        }

        using PartWriter file = new(store, row);
        IExportRows form = ExportValues.Rows(row.Format);
        bool[] masked = [.. source.Columns.Select(column => column.IsPersonal && !row.Personal)];
        long rows = 0;
        if (!await file.WriteAsync(form.Begin(source.Columns), cancellationToken)) return false;
        await foreach (object?[] values in source.ReadAsync(Scope(row), cancellationToken))
        {
            if (++rows > options.Value.MaxRows)
            {
                await store.FailAsync(row, $"It has more than {options.Value.MaxRows} rows (Exports:MaxRows): ask for a shorter range.", cancellationToken);
                return true;
            }

            for (int i = 0; i < values.Length; i++)
            {
                if (masked[i] && values[i] is not null) values[i] = $"tok_{keyring.Token(row.Namespace, ExportValues.TextOf(values[i]))}";
                else if (!row.Personal && values[i] is string text) values[i] = guard.Clean(text);
            }

            if (!await file.WriteAsync(form.Row(source.Columns, values), cancellationToken)) return false;
        }

        if (!await file.WriteAsync(form.End(), cancellationToken) || !await file.FlushAsync(cancellationToken)) return false;
        ExportRow made = row with { Rows = rows, Bytes = file.Length, Sha256 = file.Digest() };
        byte[] manifest = Manifest(made, source);
        await store.FinishAsync(made with { Manifest = ExportManifest.Sign(keyring.Signer, manifest) }, manifest, cancellationToken);
        return true;
    }

    internal static ExportScope Scope(ExportRow row)
    {
        using JsonDocument scope = JsonDocument.Parse(row.Scope);
        JsonElement root = scope.RootElement;
        return new ExportScope(
            row.Namespace, root.GetProperty("from").ValueKind == JsonValueKind.Null ? null : root.GetProperty("from").GetDateTimeOffset(), root.GetProperty("to").GetDateTimeOffset(),
            root.GetProperty("filters").EnumerateObject().ToDictionary(filter => filter.Name, filter => filter.Value.GetString()!));
    }

    private byte[] Manifest(ExportRow row, IExportSource source)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Property("bytes"u8, row.Bytes!.Value);
        json.Name("columns"u8);
        json.BeginArray();
        foreach (ExportColumn column in source.Columns) json.Value(column.Name);
        json.EndArray();
        json.Property("format"u8, row.Format);
        json.Property("id"u8, row.Id);
        json.Property("madeAt"u8, clock.Now());
        json.Property("namespace"u8, row.Namespace);
        json.Property("personalData"u8, row.Personal ? "clear" : "tokens");
        json.Property("requestedAt"u8, row.RequestedAt);
        json.Property("requestedBy"u8, row.RequestedBy);
        json.Property("rows"u8, row.Rows!.Value);
        json.Name("scope"u8);
        using (JsonDocument scope = JsonDocument.Parse(row.Scope)) CanonicalJson.Write(json, scope.RootElement);
        json.Property("sha256"u8, row.Sha256);
        json.Property("type"u8, row.Type);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }

    private sealed class PartWriter(ExportStore store, ExportRow row) : IDisposable
    {
        private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly MemoryStream _part = new(PartBytes * 2);
        private int _number;

        public long Length { get; private set; }

        public string Digest() => Convert.ToHexStringLower(_digest.GetCurrentHash());

        public async Task<bool> WriteAsync(byte[] bytes, CancellationToken cancellationToken)
        {
            _digest.AppendData(bytes);
            Length += bytes.Length;
            _part.Write(bytes);
            return _part.Length < PartBytes || await FlushAsync(cancellationToken);
        }

        public async Task<bool> FlushAsync(CancellationToken cancellationToken)
        {
            if (_part.Length == 0) return true;
            byte[] part = _part.ToArray();
            _part.SetLength(0);
            return await store.AddPartAsync(row, _number++, part, cancellationToken);
        }

        public void Dispose()
        {
            _digest.Dispose();
            _part.Dispose();
        }
    }
}

/// <summary>The sources by type.</summary>
internal sealed class ExportSources(IEnumerable<IExportSource> sources)
{
    private readonly SortedDictionary<string, IExportSource> _sources = new(sources.ToDictionary(source => source.Type), StringComparer.Ordinal);

    public IReadOnlyCollection<IExportSource> All => _sources.Values;

    public IExportSource? Find(string type) => _sources.GetValueOrDefault(type);
}
