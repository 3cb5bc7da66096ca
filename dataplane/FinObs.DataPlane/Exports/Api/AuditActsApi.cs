using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Exports.Api;

/// <summary>The audit log as people read it: who did what, and the whole story of one thing.</summary>
internal static class AuditActsApi
{
    private const int MostLimit = 500;

    public static void MapAuditActs(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder audit = app.MapGroup("/v1/audit").WithTags("Audit").RequirePermission(Permissions.AuditRead);
        audit.MapGet("/acts", FindAsync).WithName("FindAuditActs").WithSummary("Acts, newest first: by kind (case.*), actor, tag of a rule, time. Payloads for those who may read personal data.");
        audit.MapGet("/story/{id:guid}", StoryAsync).WithName("GetAuditStory").WithSummary("Everything that was done about one decision, case, request, export, user or resource, oldest first.");
    }

    private static async Task<Results<Ok<AuditActs>, ProblemHttpResult>> FindAsync(
        AuditSearch search, HttpContext context, CancellationToken cancellationToken,
        string @namespace = "default", string? kind = null, string? actor = null, string? tag = null, DateTimeOffset? from = null, DateTimeOffset? to = null, Guid? before = null, int limit = 100) =>
        limit is < 1 or > MostLimit || from >= to
            ? TypedResults.Problem($"limit is from 1 to {MostLimit}, and from is before to.", statusCode: StatusCodes.Status400BadRequest, title: "A filter is not valid.")
            : TypedResults.Ok(await search.FindAsync(new AuditSearchQuery(@namespace, kind, actor, tag, from, to, before, limit), Caller.Has(context.User, Permissions.PersonalDataRead), cancellationToken));

    private static async Task<Ok<AuditActs>> StoryAsync(Guid id, DecisionStories stories, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await stories.ReadAsync(id, Caller.Has(context.User, Permissions.PersonalDataRead), cancellationToken));
}
