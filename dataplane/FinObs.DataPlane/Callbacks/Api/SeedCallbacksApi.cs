using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Api;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FinObs.DataPlane.Callbacks.Api;

/// <summary>Callbacks by nothing but a URL. Each is a CallbackTarget of the default namespace, named by its URL's hash, and comes through the one door like any other.</summary>
internal static class SeedCallbacksApi
{
    private const string DefaultNamespace = "default";
    private const string SecretName = "signing-key";
    private const string SecretKey = "key";
    private const int SecretBytes = 32;
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;

    public static void MapSeedCallbacks(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/webhooks/callbacks").WithTags("Callbacks");
        group.MapPost("", RegisterAsync).RequirePermission(Permissions.ResourceWrite).WithName("RegisterCallback").WithSummary("Have flagged transactions sent to a url. The answer holds the signing secret, once.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        group.MapGet("", List).RequirePermission(Permissions.ResourceRead).WithName("ListCallbacks").WithSummary("The urls that are told.");
        group.MapDelete("", RemoveAsync).RequirePermission(Permissions.ResourceWrite).WithName("RemoveCallback").WithSummary("Tell a url no more: {\"url\": …}. What waits for it is tried once more.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapGet("/dlq", DeadLettersAsync).RequirePermission(Permissions.DeliveryRead).WithName("ListCallbackDeadLetters").WithSummary("Messages that were given up, newest first.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<RegisteredCallback>, Created<RegisteredCallback>, ProblemHttpResult>> RegisterAsync(
        CallbackRegistration body, HttpContext context, ResourceCatalogue catalogue, ResourceDoor door, CancellationToken cancellationToken)
    {
        if (!IsUrl(body.Url))
        {
            return CallbackProblems.NoUrl;
        }

        ResourceKey key = KeyOf(body.Url!);
        if (catalogue.Current.Find(key) is { Row.Deleting: false } known)
        {
            return TypedResults.Ok(Registered(known));
        }

        string secret = $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes))}";
        switch (await door.ApplyAsync(key, Submission(body, secret), Caller.NameOf(context), cancellationToken))
        {
            case DoorOutcome.Applied applied:
                return TypedResults.Created(key.Path, Registered(applied.Resource) with { SigningSecret = secret });
            case var refused:
                return ResourceProblems.Of(refused, key);
        }
    }

    private static Ok<RegisteredCallbacks> List(ResourceCatalogue catalogue)
    {
        RegisteredCallback[] all = [.. catalogue.Current.Of(DefaultNamespace, ResourceKinds.CallbackTarget.Name).Select(resource => Registered(resource))];
        return TypedResults.Ok(new RegisteredCallbacks(all.Length, all));
    }

    private static async Task<Results<Ok<RegisteredCallback>, Accepted<RegisteredCallback>, ProblemHttpResult>> RemoveAsync(
        [FromBody] CallbackRegistration body, HttpContext context, ResourceDoor door, CancellationToken cancellationToken)
    {
        if (!IsUrl(body.Url))
        {
            return CallbackProblems.NoUrl;
        }

        ResourceKey key = KeyOf(body.Url!);
        return await door.DeleteAsync(key, ResourceOwner.Api, uid: null, Caller.NameOf(context), cancellationToken) switch
        {
            DoorOutcome.Gone { Resource: var gone } => TypedResults.Ok(Registered(gone)),
            DoorOutcome.Draining { Resource: var draining } => TypedResults.Accepted(key.Path, Registered(draining)),
            DoorOutcome.NotFound => CallbackProblems.NotRegistered,
            var refused => ResourceProblems.Of(refused, key),
        };
    }

    private static async Task<Results<Ok<DeadLetterQueue>, ProblemHttpResult>> DeadLettersAsync(
        int? limit, ResourceCatalogue catalogue, DeadLetterStore letters, CallbackSources sources, TimeProvider time, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostLimit)
        {
            return CallbackProblems.BadPage;
        }

        List<CallbackDeadLetterRow> rows = await letters.NewestAsync(DefaultNamespace, target: null, before: null, limit ?? DefaultLimit, cancellationToken);
        Dictionary<Guid, byte[]> bodies = [];
        foreach (IGrouping<string, CallbackDeadLetterRow> ofTarget in rows.GroupBy(row => row.Target, StringComparer.Ordinal))
        {
            CallbackPayload payload = SpecOf(catalogue, ofTarget.Key)?.Payload ?? CallbackPayload.Redacted;
            foreach ((Guid id, byte[] body) in await sources.BodiesAsync([.. ofTarget.Select(row => row.Revived(time.GetUtcNow()))], payload, cancellationToken))
            {
                bodies[id] = body;
            }
        }

        QueuedDeadLetter[] items =
        [
            .. rows.Select(row => new QueuedDeadLetter(
                CallbackIds.Text(row.Id), SpecOf(catalogue, row.Target)?.Url, row.Target,
                bodies.TryGetValue(row.Id, out byte[]? body) ? JsonSerializer.Deserialize<JsonElement>(body) : null,
                row.DiedAt, row.Attempts, row.Reason)),
        ];
        return TypedResults.Ok(new DeadLetterQueue(items.Length, items));
    }

    private static ResourceSubmission Submission(CallbackRegistration body, string secret) => new()
    {
        ManagedBy = ResourceOwner.Api,
        Spec = new JsonObject
        {
            ["url"] = body.Url,
            ["allowHttp"] = body.Url!.StartsWith("http://", StringComparison.Ordinal),
            ["eventTypes"] = new JsonArray([.. (body.Events is { Count: > 0 } events ? events : [DecisionSource.Flagged]).Select(type => JsonValue.Create(type))]),
            ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = SecretName, ["key"] = SecretKey } },
            ["network"] = new JsonObject { ["allowPrivate"] = body.AllowPrivate },
        },
        Secrets = new Dictionary<string, SubmittedSecret>
        {
            [SecretName] = new()
            {
                ResourceVersion = "1",
                Data = new Dictionary<string, string> { [SecretKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) },
            },
        },
    };

    private static bool IsUrl(string? text) =>
        text is { Length: >= 8 and <= 2048 } && Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme is "http" or "https") && url.UserInfo.Length == 0 && url.Fragment.Length == 0;

    private static ResourceKey KeyOf(string url) =>
        new(DefaultNamespace, ResourceKinds.CallbackTarget.Name, $"callback-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url)))[..16]}");

    private static CallbackTargetSpec? SpecOf(ResourceCatalogue catalogue, string name) =>
        (catalogue.Current.Find(new ResourceKey(DefaultNamespace, ResourceKinds.CallbackTarget.Name, name))?.Resource as CallbackTarget)?.Spec;

    private static RegisteredCallback Registered(StoredResource resource)
    {
        CallbackTargetSpec spec = ((CallbackTarget)resource.Resource).Spec;
        return new RegisteredCallback(spec.Url, resource.Key.Name, spec.EventTypes, resource.Row.ManagedBy.ToString(), resource.Row.Deleting);
    }
}
