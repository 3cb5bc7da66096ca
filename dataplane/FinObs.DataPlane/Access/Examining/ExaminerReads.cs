using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using Microsoft.AspNetCore.Http.Features;

namespace FinObs.DataPlane.Access.Examining;

/// <summary>
/// Whatever an examiner is shown is in the audit log before they see the first byte of it: which endpoint, about what, and, encrypted, what was asked. Where that cannot be written, they are told so
/// and shown nothing.
/// </summary>
internal sealed partial class ExaminerReads(AuditedCommit commit, ILogger<ExaminerReads> logger)
{
    public const string Kind = "examiner.read";

    public static Task GuardAsync(HttpContext context, RequestDelegate next) =>
        context.User.IsInRole(Roles.Examiner) && context.GetEndpoint()?.Metadata.GetMetadata<PermissionRequirement>() is not null
            ? context.RequestServices.GetRequiredService<ExaminerReads>().ReadAsync(context, next)
            : next(context);

    private async Task ReadAsync(HttpContext context, RequestDelegate next)
    {
        IHttpResponseBodyFeature answer = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        await using RecordedBody body = new(context, answer, RecordAsync);
        context.Features.Set<IHttpResponseBodyFeature>(body.Feature);
        try
        {
            await next(context);

            // An answer without a body (304, HEAD) has told something too.
            await body.CompleteAsync(context.RequestAborted);
        }
        finally
        {
            context.Features.Set(answer);
        }
    }

    /// <summary>False where it could not be written.</summary>
    private async Task<bool> RecordAsync(HttpContext context, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        try
        {
            await commit.RecordAsync(
                new AuditAct
                {
                    Namespace = UserActs.Namespace,
                    Kind = Kind,
                    At = now,
                    Actor = Caller.NameOf(context),
                    Ref = Guid.CreateVersion7(now),
                    About = AboutOf(context.Request.RouteValues),
                    Payload = Payload(context, now),
                },
                cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogRefused(logger, TemplateOf(context), exception);
            return false;
        }
    }

    private static byte[] Payload(HttpContext context, DateTimeOffset at)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("actor"u8, Caller.NameOf(context));
        writer.Property("at"u8, at);
        writer.Property("endpoint"u8, TemplateOf(context));
        writer.Property("method"u8, context.Request.Method);
        writer.Property("path"u8, context.Request.Path.Value);
        writer.Property("query"u8, context.Request.QueryString.Value);
        writer.Property("status"u8, context.Response.StatusCode);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    private static string TemplateOf(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";

    /// <summary>What was read, where the address names one thing by an id of ours.</summary>
    private static Guid? AboutOf(RouteValueDictionary values) =>
        values.Values.Select(value => Guid.TryParse(value as string, out Guid id) ? id : (Guid?)null).FirstOrDefault(id => id is not null);

    [LoggerMessage(LogLevel.Error, "What an examiner asked of {Endpoint} was not shown, because its leaf could not be written.")]
    private static partial void LogRefused(ILogger logger, string endpoint, Exception exception);
}
