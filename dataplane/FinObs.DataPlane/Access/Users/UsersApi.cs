using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Access.Users;

/// <summary><c>/v1/users</c>: who has come, and what they may.</summary>
internal static class UsersApi
{
    private const int MostLimit = 500;
    private const int MostBytes = 64 * 1024;
    private const int MostChanges = 100;
    private const int LongestReason = 500;

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder users = app.MapGroup("/v1/users").WithTags("Access").WithMetadata(new RequestSizeLimitAttribute(MostBytes)).ProducesProblem(StatusCodes.Status403Forbidden);
        users.MapGet("", ListAsync).RequirePermission(Permissions.UserList).WithName("ListUsers").WithSummary("People who have come at least once, newest first.");
        users.MapGet("/{id:guid}", GetAsync).RequirePermission(Permissions.UserList).WithName("GetUser").WithSummary("One of them, with what was done to their access, newest first.");
        users.MapPut("/{id:guid}/roles", AssignAsync).RequirePermission(Permissions.UserRoleAssign).WithName("AssignRoles")
            .WithSummary("Assign roles here, in place of those that were; what the issuer's token gives stays. Making an admin may need approval: 202 with the request's id.");
        users.MapPost("/{id:guid}/deactivate", DeactivateAsync).RequirePermission(Permissions.UserDelete).WithName("DeactivateUser")
            .WithSummary("Let somebody in no more, from the next request on, whatever their token says.");
        users.MapPost("/{id:guid}/activate", ActivateAsync).RequirePermission(Permissions.UserUpdate).WithName("ActivateUser").WithSummary("Let them in again.");
    }

    private static async Task<Results<Ok<UserList>, ProblemHttpResult>> ListAsync(
        IDatabase database, UserProfiles profiles, CancellationToken cancellationToken, string? after = null, bool? active = null, int limit = 100)
    {
        Guid before = Guid.AllBitsSet;
        if (limit is < 1 or > MostLimit) return Problem(StatusCodes.Status400BadRequest, $"limit must be a whole number from 1 to {MostLimit}.");
        if (after is not null && !Guid.TryParseExact(after, "N", out before)) return Problem(StatusCodes.Status400BadRequest, "after must be the `next` of the page before; leave it out for the first page.");
        await using FinObsDbContext db = database.CreateContext();
        List<UserRow> rows = await db.Users.Where(row => row.Id < before && (active == null || row.IsActive == active)).OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
        return TypedResults.Ok(new UserList([.. rows.Select(row => Answer(row, profiles))], rows.Count == limit ? rows[^1].Id.ToString("N") : null));
    }

    private static async Task<Results<Ok<UserDetails>, ProblemHttpResult>> GetAsync(Guid id, IDatabase database, UserDirectory users, UserProfiles profiles, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } user) return NotFound();
        await using FinObsDbContext db = database.CreateContext();
        List<UserChangeAnswer> changes = await db.UserChanges.Where(row => row.UserId == id).OrderByDescending(row => row.Id).Take(MostChanges)
            .Select(row => new UserChangeAnswer(row.Act, row.RolesBefore, row.Roles, row.IsActive, row.Actor, row.Reason, row.At, row.LeafId)).ToListAsync(cancellationToken);
        return TypedResults.Ok(new UserDetails(Answer(user, profiles), changes));
    }

    private static async Task<Results<Ok<UserAnswer>, Accepted<ApprovalAsked>, ProblemHttpResult>> AssignAsync(
        Guid id, RolesWanted body, HttpContext context, UserChanges changes, UserProfiles profiles, CancellationToken cancellationToken)
    {
        if (body.Roles is not { } roles) return Problem(StatusCodes.Status422UnprocessableEntity, "Say which: {\"roles\": [\"analyst\"]}; an empty list takes all away that were assigned here.");
        if (roles.FirstOrDefault(role => !Roles.OfPeople.ContainsKey(role ?? "")) is { } wrong || roles.Contains(null!))
        {
            return Problem(StatusCodes.Status422UnprocessableEntity, $"There is no role of that name: {string.Join(", ", Roles.OfPeople.Keys.Order(StringComparer.Ordinal))} are all there are.");
        }

        return TooLong(body.Reason) is { } tooLong ? tooLong : Answer(await changes.AssignAsync(id, roles, Caller.NameOf(context), body.Reason, cancellationToken), profiles);
    }

    private static async Task<Results<Ok<UserAnswer>, Accepted<ApprovalAsked>, ProblemHttpResult>> DeactivateAsync(
        Guid id, HttpContext context, UserChanges changes, UserProfiles profiles, CancellationToken cancellationToken, WhyBody? body = null) =>
        TooLong(body?.Reason) is { } tooLong ? tooLong : Answer(await changes.SetActiveAsync(id, isActive: false, Caller.NameOf(context), body?.Reason, cancellationToken), profiles);

    private static async Task<Results<Ok<UserAnswer>, Accepted<ApprovalAsked>, ProblemHttpResult>> ActivateAsync(
        Guid id, HttpContext context, UserChanges changes, UserProfiles profiles, CancellationToken cancellationToken, WhyBody? body = null) =>
        TooLong(body?.Reason) is { } tooLong ? tooLong : Answer(await changes.SetActiveAsync(id, isActive: true, Caller.NameOf(context), body?.Reason, cancellationToken), profiles);

    private static Results<Ok<UserAnswer>, Accepted<ApprovalAsked>, ProblemHttpResult> Answer(UserOutcome outcome, UserProfiles profiles) =>
        outcome switch
        {
            UserOutcome.Done done => TypedResults.Ok(Answer(done.User, profiles)),
            UserOutcome.Asked asked => TypedResults.Accepted($"/v1/approvals/{asked.Request:D}", new ApprovalAsked(asked.Request, "People must agree to a new admin first: they find it among the approvals.")),
            UserOutcome.NotFound => NotFound(),
            UserOutcome.Own => Problem(StatusCodes.Status403Forbidden, "Nobody changes their own access: ask another administrator."),
            UserOutcome.LastAdmin => Problem(StatusCodes.Status409Conflict, "This is the last active admin: make another one first, or nobody could give the role again."),
            _ => Problem(StatusCodes.Status409Conflict, "Somebody else has just changed this user: look again, and decide anew."),
        };

    public static UserAnswer Answer(UserRow row, UserProfiles profiles)
    {
        UserProfile? profile = profiles.Open(row.Id, row.Profile);
        return new UserAnswer(
            row.Id, row.Issuer, profile?.Subject, profile?.Name, profile?.Email, RoleList.Parse(row.Roles), RoleList.Parse(row.IssuerRoles), row.IsActive, row.CreatedAt, row.LastSeenAt);
    }

    private static ProblemHttpResult? TooLong(string? reason) =>
        reason is { Length: > LongestReason } ? Problem(StatusCodes.Status422UnprocessableEntity, $"reason has at most {LongestReason} characters.") : null;

    private static ProblemHttpResult NotFound() => Problem(StatusCodes.Status404NotFound, "There is no such user: GET /v1/users lists those there are. A person appears with their first sign-in.");

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}

/// <summary>A person. Subject, name and e-mail are null once they have been taken away.</summary>
/// <param name="Id">Ours.</param>
/// <param name="Issuer">Whose tokens they show.</param>
/// <param name="Subject">The issuer's id of them.</param>
/// <param name="Name">As the issuer says.</param>
/// <param name="Email">As the issuer says.</param>
/// <param name="Roles">Assigned here.</param>
/// <param name="IssuerRoles">What their token mapped to when they last came.</param>
/// <param name="Active">Whether they are let in.</param>
/// <param name="CreatedAt">First sign-in.</param>
/// <param name="LastSeenAt">To the minute.</param>
internal sealed record UserAnswer(
    Guid Id, string Issuer, string? Subject, string? Name, string? Email, IReadOnlyList<string> Roles, IReadOnlyList<string> IssuerRoles, bool Active, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt);

/// <summary>A page of people.</summary>
internal sealed record UserList(IReadOnlyList<UserAnswer> Items, string? Next);

/// <summary>Something that was done to somebody's access.</summary>
internal sealed record UserChangeAnswer(string Act, string RolesBefore, string Roles, bool Active, string Actor, string? Reason, DateTimeOffset At, Guid LeafId);

/// <summary>A person and their changes, newest first.</summary>
internal sealed record UserDetails(UserAnswer User, IReadOnlyList<UserChangeAnswer> Changes);

/// <summary>The roles that somebody is to have here, in place of those they have.</summary>
internal sealed record RolesWanted(IReadOnlyList<string>? Roles, string? Reason);

/// <summary>Why, in a sentence; it is kept, encrypted where it is proven.</summary>
internal sealed record WhyBody(string? Reason);

/// <summary>Not done yet: people are asked.</summary>
internal sealed record ApprovalAsked(Guid ApprovalId, string Detail);
