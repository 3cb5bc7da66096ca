using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Access.Keys;

/// <summary><c>/v1/access/keys</c>: keys of machines.</summary>
internal static class ApiKeysApi
{
    private const int MostLimit = 500;
    private const int MostBytes = 64 * 1024;
    private const int LongestName = 100;
    private const int UsualDays = 90;
    private const int MostDays = 366;

    /// <summary>A person decides these, or who may decide.</summary>
    public static readonly string[] NotForKeys =
    [
        Permissions.SarRead, Permissions.SarWrite, Permissions.ApprovalDecide, Permissions.DecisionOverride, Permissions.AgentApprove, Permissions.AgentReject, Permissions.KeyManage,
        Permissions.UserCreate, Permissions.UserUpdate, Permissions.UserDelete, Permissions.UserRoleAssign,
    ];

    public static void MapApiKeys(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder keys = app.MapGroup("/v1/access/keys").WithTags("Access").RequirePermission(Permissions.KeyManage).WithMetadata(new RequestSizeLimitAttribute(MostBytes)).ProducesProblem(StatusCodes.Status403Forbidden);
        keys.MapPost("", CreateAsync).WithName("CreateKey").WithSummary("Make a key for a machine, with some of your own permissions. The answer holds it, once.");
        keys.MapGet("", ListAsync).WithName("ListKeys").WithSummary("Keys, newest first; what they are is not in it.");
        keys.MapDelete("/{id:guid}", RevokeAsync).WithName("RevokeKey").WithSummary("Let a key count no more, on every replica within a second.");
    }

    private static async Task<Results<Created<NewKeyAnswer>, ProblemHttpResult>> CreateAsync(KeyWanted body, HttpContext context, ApiKeys keys, CancellationToken cancellationToken)
    {
        if (Refuse(body, permission => Caller.Has(context.User, permission)) is var (status, why)) return Problem(status, why);
        (ApiKeyRow row, string key) = await keys.CreateAsync(body.Name!.Trim(), body.Permissions!, TimeSpan.FromDays(body.ExpiresInDays ?? UsualDays), Caller.NameOf(context), cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/v1/access/keys/{row.Id:D}", new NewKeyAnswer(key, Answer(row)));
    }

    private static async Task<Results<Ok<KeyList>, ProblemHttpResult>> ListAsync(IDatabase database, CancellationToken cancellationToken, string? after = null, int limit = 100)
    {
        Guid before = Guid.AllBitsSet;
        if (limit is < 1 or > MostLimit) return Problem(StatusCodes.Status400BadRequest, $"limit must be a whole number from 1 to {MostLimit}.");
        if (after is not null && !Guid.TryParseExact(after, "N", out before)) return Problem(StatusCodes.Status400BadRequest, "after must be the `next` of the page before; leave it out for the first page.");
        await using FinObsDbContext db = database.CreateContext();
        List<ApiKeyRow> rows = await db.ApiKeys.Where(row => row.Id < before).OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
        return TypedResults.Ok(new KeyList([.. rows.Select(Answer)], rows.Count == limit ? rows[^1].Id.ToString("N") : null));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(Guid id, HttpContext context, ApiKeys keys, CancellationToken cancellationToken) =>
        await keys.RevokeAsync(id, Caller.NameOf(context), cancellationToken)
            ? TypedResults.NoContent()
            : Problem(StatusCodes.Status404NotFound, "There is no key of this id that still counts: GET /v1/access/keys lists all there were.");

    /// <summary>Why such a key is not made; null where it is.</summary>
    /// <param name="body">What is wanted.</param>
    /// <param name="has">What its maker may.</param>
    public static (int Status, string Why)? Refuse(KeyWanted body, Func<string, bool> has)
    {
        const int unprocessable = StatusCodes.Status422UnprocessableEntity;
        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Trim().Length > LongestName) return (unprocessable, $"Give the key a name of at most {LongestName} characters, by which people will know what it is for.");
        if (body.ExpiresInDays is < 1 or > MostDays) return (unprocessable, $"expiresInDays is a whole number from 1 to {MostDays}; without one it is {UsualDays}.");
        if (body.Permissions is not { Count: > 0 } wanted) return (unprocessable, "Say what it may: {\"permissions\": [\"transaction:create\"]}. GET /v1/access/me lists what you may give.");
        if (wanted.FirstOrDefault(permission => !Permissions.All.Contains(permission ?? "")) is { } unknown) return (unprocessable, $"There is no permission {unknown}: GET /v1/access/roles lists all there are.");
        if (wanted.Contains(null!)) return (unprocessable, "A permission is null.");
        if (wanted.FirstOrDefault(NotForKeys.Contains) is { } personal) return (StatusCodes.Status403Forbidden, $"No key can have {personal}: that is for people, who answer for what they do.");
        return wanted.FirstOrDefault(permission => !has(permission)) is { } lacking ? (StatusCodes.Status403Forbidden, $"You lack {lacking} yourself, so you cannot give it to a key.") : null;
    }

    public static KeyAnswer Answer(ApiKeyRow row) =>
        new(row.Id, row.Name, row.Prefix, RoleList.Parse(row.Permissions), row.CreatedBy, row.CreatedAt, row.ExpiresAt, row.RevokedAt, row.RevokedBy, row.LastUsedAt);

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);
}

/// <summary>A key that is to be made.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Permissions">Some of the maker's.</param>
/// <param name="ExpiresInDays">1 to 366; 90 where none is given.</param>
internal sealed record KeyWanted(string? Name, IReadOnlyList<string>? Permissions, int? ExpiresInDays);

/// <summary>A key without its secret.</summary>
internal sealed record KeyAnswer(
    Guid Id, string Name, string Prefix, IReadOnlyList<string> Permissions, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, string? RevokedBy, DateTimeOffset? LastUsedAt);

/// <summary>The key itself: keep it now, it is shown this once.</summary>
internal sealed record NewKeyAnswer(string Key, KeyAnswer Details);

/// <summary>A page of keys.</summary>
internal sealed record KeyList(IReadOnlyList<KeyAnswer> Items, string? Next);
