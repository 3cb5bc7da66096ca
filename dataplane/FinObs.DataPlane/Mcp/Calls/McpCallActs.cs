using System.Security.Cryptography;
using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Mcp.Calls;

/// <summary>The leaf of a call: who used which tool, through which door, with what outcome. Arguments are in it as a digest; those of an examiner, whose reads are recorded whole, also as they are.</summary>
internal static class McpCallActs
{
    public const string Kind = "mcp.called";
    private const int LongestArguments = 8_192;

    /// <param name="call">Whose.</param>
    /// <param name="tool">Its name, or that of a resource.</param>
    /// <param name="outcome">Of <see cref="CallOutcomes"/>.</param>
    /// <param name="at">When.</param>
    public static AuditAct Of(ToolCall call, string tool, string outcome, DateTimeOffset at)
    {
        byte[] arguments = Bytes(call.Arguments);
        string? whole = call.Http.User.IsInRole(Roles.Examiner) && arguments.Length <= LongestArguments ? System.Text.Encoding.UTF8.GetString(arguments) : null;
        return new AuditAct
        {
            Namespace = UserActs.Namespace,
            Kind = Kind,
            At = at,
            Actor = call.Actor,
            Ref = Guid.CreateVersion7(at),
            Payload = CanonicalObject.Of(
                ("actor", call.Actor), ("arguments", whole), ("argumentsSha256", Convert.ToHexStringLower(SHA256.HashData(arguments))), ("at", at), ("outcome", outcome), ("path", call.Http.Request.Path.Value),
                ("tool", tool), ("v", 1)),
        };
    }

    /// <summary>In order of their names, so that the same arguments have the same digest.</summary>
    private static byte[] Bytes(IReadOnlyDictionary<string, JsonElement> arguments) =>
        JsonSerializer.SerializeToUtf8Bytes(new SortedDictionary<string, JsonElement>(arguments.ToDictionary(), StringComparer.Ordinal));
}

/// <summary>How a call ended.</summary>
internal static class CallOutcomes
{
    public const string Ok = "ok";

    /// <summary>The arguments were no good, or what they name is not there.</summary>
    public const string Refused = "refused";

    /// <summary>The caller may not use the tool.</summary>
    public const string Denied = "denied";

    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
