using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.Validation;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Resources.Files;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Resources.Api;

/// <summary>The door over HTTP. Answers are written as the records of the contracts say it: decimals as text, enums by name.</summary>
internal static class ResourcesApi
{
    /// <summary>As much as etcd takes of an object.</summary>
    private const int LargestBody = 1_572_864;

    public static IEndpointRouteBuilder MapResources(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/v1/namespaces/{namespace}/{kind}/{name}").WithTags("Resources");
        one.MapPut("/", PutAsync).RequirePermission(Permissions.ResourceWrite)
            .Accepts<ResourceSubmission>("application/json").Produces<ResourceAnswer>().Produces<ResourceAnswer>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithMetadata(new RequestSizeLimitAttribute(LargestBody))
            .WithName("PutResource").WithSummary("Bring a resource into force: create it, change it, or find it unchanged.");
        one.MapGet("/", GetAsync).RequirePermission(Permissions.ResourceRead).Produces<ResourceAnswer>().WithName("GetResource").WithSummary("The revision in force; Secrets are not in it.");
        one.MapGet("/status", StatusAsync).RequirePermission(Permissions.ResourceRead).Produces<ResourceStatusAnswer>().WithName("GetResourceStatus").WithSummary("What the data plane knows of it, in the form of the kind's status.");
        one.MapGet("/history", HistoryAsync).RequirePermission(Permissions.ResourceRead).Produces<ResourceHistoryAnswer>().WithName("GetResourceHistory").WithSummary("Every revision there was, newest first.");
        one.MapDelete("/", DeleteAsync).RequirePermission(Permissions.ResourceWrite)
            .Produces(StatusCodes.Status204NoContent).Produces<ResourceAnswer>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status409Conflict)
            .WithName("DeleteResource").WithSummary("Let it go: drained first, 202 until it is gone.");

        app.MapGet("/v1/namespaces/{namespace}/{kind}", ListKind).RequirePermission(Permissions.ResourceRead).WithTags("Resources").Produces<ResourceListAnswer>().WithName("ListResourcesOfKind").WithSummary("Resources of one kind in a namespace.");
        app.MapGet("/v1/resources", List).RequirePermission(Permissions.ResourceRead).WithTags("Resources").Produces<ResourceListAnswer>().WithName("ListResources").WithSummary("Resources of all kinds and namespaces.");
        app.MapGet("/v1/resources/files", Files).RequirePermission(Permissions.ResourceRead).WithTags("Resources").WithName("GetResourceFiles").WithSummary("What became of each file of the resources folder, and what is wrong with it.");
        return app;
    }

    private static Results<Ok<FolderReport>, ProblemHttpResult> Files(ResourceFolder folder) =>
        folder.Report is { } report ? TypedResults.Ok(report)
        : ResourceProblems.NoFolder(folder.FullPath is null ? "This host has no folder of resources: start it with --resources DIR." : "The folder has not been read yet: ask again in a moment.");

    private static async Task<Results<JsonHttpResult<ResourceAnswer>, ProblemHttpResult>> PutAsync(
        string @namespace, string kind, string name, HttpContext context, ResourceDoor door, CancellationToken cancellationToken)
    {
        if (Key(@namespace, kind, name) is not { } key)
        {
            return ResourceProblems.NoKind(kind);
        }

        (ResourceSubmission? submission, ProblemHttpResult? problem) = await ReadAsync(context, cancellationToken);
        if (submission is null)
        {
            return problem!;
        }

        if (submission.ManagedBy == ResourceOwner.Files)
        {
            return ResourceProblems.Invalid([new FieldError("managedBy", "Files is for the folder of --resources: use Api")]);
        }

        switch (await door.ApplyAsync(key, submission, KnownCaller(context), cancellationToken))
        {
            case DoorOutcome.Applied { Change: ResourceChange.Created } created:
                context.Response.Headers.Location = key.Path;
                return Json(created.Resource.Answer(created.Change), StatusCodes.Status201Created);
            case DoorOutcome.Applied applied:
                return Json(applied.Resource.Answer(applied.Change));
            case var refused:
                return ResourceProblems.Of(refused, key);
        }
    }

    private static async Task<Results<JsonHttpResult<ResourceAnswer>, ProblemHttpResult>> GetAsync(
        string @namespace, string kind, string name, IDatabase database, CancellationToken cancellationToken) =>
        Key(@namespace, kind, name) is not { } key ? ResourceProblems.NoKind(kind)
        : await FindAsync(database, key, cancellationToken) is { } resource ? Json(resource.Answer())
        : ResourceProblems.Of(new DoorOutcome.NotFound(), key);

    private static async Task<Results<JsonHttpResult<ResourceStatusAnswer>, ProblemHttpResult>> StatusAsync(
        string @namespace, string kind, string name, IDatabase database, ResourceStatuses statuses, CancellationToken cancellationToken) =>
        Key(@namespace, kind, name) is not { } key ? ResourceProblems.NoKind(kind)
        : await FindAsync(database, key, cancellationToken) is { } resource ? Json(await statuses.OfAsync(resource, cancellationToken))
        : ResourceProblems.Of(new DoorOutcome.NotFound(), key);

    private static async Task<Results<JsonHttpResult<ResourceHistoryAnswer>, ProblemHttpResult>> HistoryAsync(
        string @namespace, string kind, string name, IDatabase database, CancellationToken cancellationToken, long? before = null, int limit = ResourceQuery.DefaultLimit)
    {
        if (Key(@namespace, kind, name) is not { } key)
        {
            return ResourceProblems.NoKind(kind);
        }

        if (limit is < 1 or > ResourceQuery.MostLimit)
        {
            return ResourceProblems.BadQuery(ResourceQuery.LimitProblem);
        }

        await using FinObsDbContext db = database.CreateContext();
        List<ResourceHistoryRow> rows = await db.ResourceHistory
            .Where(row => row.Namespace == key.Namespace && row.Kind == key.Kind && row.Name == key.Name && row.Revision < (before ?? long.MaxValue))
            .OrderByDescending(row => row.Revision).Take(limit).ToListAsync(cancellationToken);
        return rows.Count == 0 && before is null ? ResourceProblems.Of(new DoorOutcome.NotFound(), key) : Json(ResourceHistoryAnswer.Of(rows, limit));
    }

    private static async Task<Results<NoContent, JsonHttpResult<ResourceAnswer>, ProblemHttpResult>> DeleteAsync(
        string @namespace, string kind, string name, HttpContext context, ResourceDoor door, CancellationToken cancellationToken, string? uid = null)
    {
        if (Key(@namespace, kind, name) is not { } key)
        {
            return ResourceProblems.NoKind(kind);
        }

        // The operator names the object's uid; REST users need not.
        ResourceOwner? owner = uid is null ? ResourceOwner.Api : null;
        switch (await door.DeleteAsync(key, owner, uid, KnownCaller(context), cancellationToken))
        {
            case DoorOutcome.Gone:
                return TypedResults.NoContent();
            case DoorOutcome.Draining { Resource: var resource }:
                context.Response.Headers.Location = key.Path;
                context.Response.Headers.RetryAfter = "1";
                return Json(resource.Answer(), StatusCodes.Status202Accepted);
            case var refused:
                return ResourceProblems.Of(refused, key);
        }
    }

    private static Results<JsonHttpResult<ResourceListAnswer>, ProblemHttpResult> ListKind(
        string @namespace, string kind, ResourceCatalogue catalogue, string? managedBy = null, string? label = null, string? after = null, int limit = ResourceQuery.DefaultLimit) =>
        Kind(kind) is not { } known ? ResourceProblems.NoKind(kind) : Answer(catalogue, new ResourceQuery(@namespace, known.Name, managedBy, label, after, limit));

    private static Results<JsonHttpResult<ResourceListAnswer>, ProblemHttpResult> List(
        ResourceCatalogue catalogue, string? @namespace = null, string? kind = null, string? managedBy = null, string? label = null, string? after = null,
        int limit = ResourceQuery.DefaultLimit) =>
        kind is not null && Kind(kind) is null ? ResourceProblems.NoKind(kind) : Answer(catalogue, new ResourceQuery(@namespace, kind is null ? null : Kind(kind)!.Name, managedBy, label, after, limit));

    private static Results<JsonHttpResult<ResourceListAnswer>, ProblemHttpResult> Answer(ResourceCatalogue catalogue, ResourceQuery query) =>
        query.Problem() is { } problem ? ResourceProblems.BadQuery(problem) : Json(query.Answer(catalogue.Current));

    /// <summary>Null where nobody has to say who they are.</summary>
    private static string? KnownCaller(HttpContext context) => Caller.ShownNameOf(context);

    /// <summary>By plural only: one resource has one address.</summary>
    private static ResourceKind? Kind(string plural) => ResourceKinds.All.FirstOrDefault(kind => kind.Plural == plural);

    private static ResourceKey? Key(string @namespace, string plural, string name) => Kind(plural) is { } kind ? new ResourceKey(@namespace, kind.Name, name) : null;

    private static async Task<StoredResource?> FindAsync(IDatabase database, ResourceKey key, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return StoredResource.TryOf(await db.Resources.FirstOrDefaultAsync(row => row.Namespace == key.Namespace && row.Kind == key.Kind && row.Name == key.Name, cancellationToken));
    }

    private static async Task<(ResourceSubmission? Submission, ProblemHttpResult? Problem)> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            return (null, ResourceProblems.NotJson);
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<ResourceSubmission>(context.Request.Body, ResourceJson.Strict, cancellationToken) is { } submission
                ? (submission, null)
                : (null, ResourceProblems.Invalid([new FieldError("(the document)", "must be an object, not null")]));
        }
        catch (JsonException exception)
        {
            return (null, ResourceProblems.Invalid([ResourceReader.ErrorOf(exception, typeof(ResourceSubmission))]));
        }
    }

    private static JsonHttpResult<T> Json<T>(T value, int status = StatusCodes.Status200OK) => TypedResults.Json(value, ResourceJson.Lenient, statusCode: status);
}
