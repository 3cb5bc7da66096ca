using System.Text;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Exports.Store;

/// <summary>What is done with exports, as the audit log keeps it.</summary>
internal static class ExportActs
{
    public const string Requested = "export.requested";
    public const string Made = "export.made";
    public const string Failed = "export.failed";
    public const string Downloaded = "export.downloaded";
    public const string Expired = "export.expired";

    /// <summary>Rules that ask for a record of who took records out, and for their download.</summary>
    public static readonly string[] Tags = ["FINRA 4511", "SEC 17a-4"];

    /// <summary>What was asked for.</summary>
    public static byte[] Payload(ExportRow row)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Property("approval"u8, row.ApprovalId?.ToString());
        json.Property("format"u8, row.Format);
        json.Property("id"u8, row.Id);
        json.Property("namespace"u8, row.Namespace);
        json.Property("personal"u8, row.Personal);
        json.Property("reason"u8, row.Reason);
        json.Property("schedule"u8, row.Schedule);
        json.Property("scope"u8, row.Scope);
        json.Property("type"u8, row.Type);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }

    /// <summary>What came of it.</summary>
    public static byte[] Payload(ExportRow row, string result)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Property("id"u8, row.Id);
        json.Property("result"u8, result);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }

    /// <summary>The scope as it is stored: canonical, so that the same question is the same text.</summary>
    public static string Write(ExportScope scope)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Name("filters"u8);
        json.BeginObject();
        foreach ((string name, string value) in scope.Filters.OrderBy(filter => filter.Key, StringComparer.Ordinal)) json.Property(Encoding.UTF8.GetBytes(name), value);
        json.EndObject();
        json.Name("from"u8);
        if (scope.From is { } from) json.Value(from);
        else json.Null();
        json.Property("to"u8, scope.To);
        json.EndObject();
        return Encoding.UTF8.GetString(json.Written);
    }
}
