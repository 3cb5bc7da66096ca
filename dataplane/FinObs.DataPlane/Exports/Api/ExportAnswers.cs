using System.Text.Json;
using FinObs.DataPlane.Exports.Store;

namespace FinObs.DataPlane.Exports.Api;

/// <summary>What to export.</summary>
internal sealed record ExportRequest
{
    /// <summary>See <c>GET /v1/exports/types</c>.</summary>
    public string? Type { get; init; }

    /// <summary><c>csv</c> (default) or <c>json</c>.</summary>
    public string Format { get; init; } = "csv";

    public string Namespace { get; init; } = "default";

    /// <summary>Rows since then, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Rows before then; by default everything that is there now.</summary>
    public DateTimeOffset? To { get; init; }

    public IReadOnlyDictionary<string, string> Filters { get; init; } = new Dictionary<string, string>();

    /// <summary>Personal data in clear instead of as tokens; needs <c>personal_data:read</c>.</summary>
    public bool PersonalData { get; init; }

    /// <summary>Why; asked for by whoever has to agree.</summary>
    public string? Reason { get; init; }
}

/// <summary>An export.</summary>
internal sealed record ExportAnswer
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Type { get; init; }

    public required string Format { get; init; }

    /// <summary>Which rows.</summary>
    public required JsonElement Scope { get; init; }

    public required bool PersonalData { get; init; }

    /// <summary><c>AwaitingApproval</c>, <c>Pending</c>, <c>Running</c>, <c>Ready</c>, <c>Failed</c> or <c>Expired</c>.</summary>
    public required string Status { get; init; }

    public required string RequestedBy { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public string? Reason { get; init; }

    public string? Schedule { get; init; }

    public Guid? ApprovalId { get; init; }

    public long? Rows { get; init; }

    public long? Bytes { get; init; }

    public string? Sha256 { get; init; }

    public string? Failure { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where the file is, once it is ready.</summary>
    public string? Content { get; init; }

    /// <summary>Where the signed manifest is, once there is one.</summary>
    public string? Manifest { get; init; }

    public static ExportAnswer Of(ExportRow row) => new()
    {
        Id = row.Id,
        Namespace = row.Namespace,
        Type = row.Type,
        Format = row.Format,
        Scope = JsonSerializer.Deserialize<JsonElement>(row.Scope),
        PersonalData = row.Personal,
        Status = row.Status.ToString(),
        RequestedBy = row.RequestedBy,
        RequestedAt = row.RequestedAt,
        Reason = row.Reason,
        Schedule = row.Schedule,
        ApprovalId = row.ApprovalId,
        Rows = row.Rows,
        Bytes = row.Bytes,
        Sha256 = row.Sha256,
        Failure = row.Failure,
        FinishedAt = Time(row.FinishedAt),
        ExpiresAt = Time(row.ExpiresAt),
        Content = row.Status == ExportStatus.Ready ? $"/v1/exports/{row.Id}/content" : null,
        Manifest = row.Manifest is null ? null : $"/v1/exports/{row.Id}/manifest",
    };

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
}

/// <summary>A page of exports, newest first.</summary>
internal sealed record ExportPage(IReadOnlyList<ExportAnswer> Items, Guid? Next);

/// <summary>What can be exported.</summary>
internal sealed record ExportTypeAnswer(string Type, IReadOnlyList<ExportColumn> Columns, IReadOnlyDictionary<string, string> Filters);

/// <summary>What comparing a file with a manifest gave.</summary>
/// <param name="Verified">It is the file that was signed.</param>
/// <param name="Reason">Why not, in a sentence.</param>
/// <param name="Id">The export's, where the manifest is good.</param>
internal sealed record ExportVerification(bool Verified, string? Reason, Guid? Id);
