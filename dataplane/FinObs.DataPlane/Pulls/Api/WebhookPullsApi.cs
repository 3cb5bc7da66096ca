using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Api;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Pulls.Api;

/// <summary><c>/webhooks/pull/…</c>: sources as lists of a name, an address and headers, each a PullSource by the one door, its header values kept as a Secret.</summary>
internal static class WebhookPullsApi
{
    public static IEndpointRouteBuilder MapWebhookPulls(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/webhooks/pull").WithTags("Pulls");
        group.MapPost("/sources", AddAsync).RequirePermission(Permissions.ResourceWrite).WithName("AddPullSource").WithSummary("Pull transactions from an address on a schedule.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        group.MapGet("/sources", List).RequirePermission(Permissions.ResourceRead).WithName("ListPullSources").WithSummary("The sources of a namespace; values of headers are not in it.");
        group.MapDelete("/sources/{source_id}", RemoveAsync).RequirePermission(Permissions.ResourceWrite).WithName("RemovePullSource").WithSummary("Pull from it no more.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/trigger/{source_id}", TriggerAsync).RequirePermission(Permissions.DeliveryOperate).WithName("TriggerPullSource").WithSummary("Pull from it now, and say what came of it.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return app;
    }

    private static async Task<Results<Created<WebhookSource>, ProblemHttpResult>> AddAsync(
        WebhookSourceBody body, HttpContext context, ResourceDoor door, TimeProvider time, CancellationToken cancellationToken, string @namespace = IngestQuery.DefaultNamespace)
    {
        string id = body.Id ?? Guid.CreateVersion7(time.GetUtcNow()).ToString("N")[^8..];
        ResourceKey key = PullsApi.Key(@namespace, WebhookSource.ResourceName(id));
        return await door.ApplyAsync(key, body.ToSubmission(id, Guid.CreateVersion7(time.GetUtcNow())), KnownCaller(context), cancellationToken) switch
        {
            DoorOutcome.Applied applied => TypedResults.Created($"/webhooks/pull/sources/{id}", WebhookSource.Of(applied.Resource)),
            var refused => ResourceProblems.Of(refused, key),
        };
    }

    private static Ok<WebhookSourceList> List(ResourceCatalogue catalogue, string @namespace = IngestQuery.DefaultNamespace) =>
        TypedResults.Ok(new WebhookSourceList([.. catalogue.Current.Of(@namespace, ResourceKinds.PullSource.Name).Where(resource => !resource.Row.Deleting).Select(WebhookSource.Of)]));

    private static async Task<Results<Ok<WebhookRemoval>, ProblemHttpResult>> RemoveAsync(
        [Microsoft.AspNetCore.Mvc.FromRoute(Name = "source_id")] string sourceId, HttpContext context, ResourceCatalogue catalogue, ResourceDoor door, CancellationToken cancellationToken,
        string @namespace = IngestQuery.DefaultNamespace)
    {
        ResourceKey key = Find(catalogue, @namespace, sourceId);
        return await door.DeleteAsync(key, ResourceOwner.Api, uid: null, KnownCaller(context), cancellationToken) switch
        {
            DoorOutcome.Gone or DoorOutcome.Draining => TypedResults.Ok(new WebhookRemoval("removed", sourceId)),
            var refused => ResourceProblems.Of(refused, key),
        };
    }

    private static async Task<Results<Ok<WebhookPullResult>, ProblemHttpResult>> TriggerAsync(
        [Microsoft.AspNetCore.Mvc.FromRoute(Name = "source_id")] string sourceId, HttpContext context, ResourceCatalogue catalogue, PullStore store, PullActs acts, PullSignal signal,
        IOptions<PullOptions> options, TimeProvider time, CancellationToken cancellationToken, string @namespace = IngestQuery.DefaultNamespace)
    {
        ResourceKey key = Find(catalogue, @namespace, sourceId);
        PullSourceRow? before = await store.FindAsync(@namespace, key.Name, cancellationToken);
        if (before is null || !await acts.TriggerAsync(key, Caller.NameOf(context), cancellationToken))
        {
            return PullsApi.NotFound(key);
        }

        long start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < options.Value.TriggerWait)
        {
            Task woken = signal.Next;
            PullSourceRow? row = await store.FindAsync(@namespace, key.Name, cancellationToken);
            if (row is { RequestedAt: null, LeaseOwner: null } && row.Epoch > before.Epoch && LastRun.Read(row.LastRun) is { } last)
            {
                return TypedResults.Ok(WebhookPullResult.Of(sourceId, last));
            }

            // Another replica may have taken it: it does not wake us.
            await Signal.WaitAsync(woken, TimeSpan.FromMilliseconds(250), time, cancellationToken);
        }

        return TypedResults.Ok(new WebhookPullResult(sourceId, time.GetUtcNow(), "running", 0, 0, null));
    }

    /// <summary>By the id that adding it gave, or by the name of any PullSource.</summary>
    private static ResourceKey Find(ResourceCatalogue catalogue, string @namespace, string id)
    {
        ResourceKey named = PullsApi.Key(@namespace, id);
        return catalogue.Current.Find(named) is null ? PullsApi.Key(@namespace, WebhookSource.ResourceName(id)) : named;
    }

    private static string? KnownCaller(HttpContext context) => Caller.ShownNameOf(context);
}

/// <summary>A source to be added.</summary>
/// <param name="Name">What people call it; at most 63 characters.</param>
/// <param name="Url">Where transactions are, in our own form: <c>[…]</c>, <c>{"transactions": […]}</c> or <c>{"data": […]}</c>.</param>
/// <param name="Headers">Sent with each request; their values are kept as secrets.</param>
/// <param name="IntervalSeconds">From one run to the next.</param>
/// <param name="Enabled">False: it is kept and not run.</param>
/// <param name="Id">Where it is to replace one that is there; none = a new one.</param>
/// <param name="AllowPrivate">True: the address may be a private one.</param>
internal sealed record WebhookSourceBody(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("headers")] Dictionary<string, string>? Headers = null,
    [property: JsonPropertyName("interval_seconds")] int IntervalSeconds = 300,
    [property: JsonPropertyName("enabled")] bool Enabled = true,
    [property: JsonPropertyName("id")] string? Id = null,
    [property: JsonPropertyName("allow_private")] bool AllowPrivate = false)
{
    private const string Mapping =
        """{"transactionId":"$.transaction_id","amount":"$.amount","currency":"$.currency","accountId":"$.account","counterpartyId":"$.counterparty","type":"$.type","direction":"$.direction","timestamp":"$.timestamp","meta":"$.meta"}""";

    /// <summary>The same as a submission at the door, which says what is wrong with it.</summary>
    public ResourceSubmission ToSubmission(string id, Guid secretVersion)
    {
        string secret = $"{WebhookSource.ResourceName(id)}-headers";
        string[] names = [.. (Headers ?? []).Keys];
        JsonObject spec = new()
        {
            ["url"] = Url,
            ["schedule"] = new JsonObject { ["interval"] = $"{IntervalSeconds}s" },
            ["mapping"] = JsonNode.Parse(Mapping),
            ["suspend"] = !Enabled,
        };
        if (names.Length > 0)
        {
            spec["auth"] = new JsonObject
            {
                ["headers"] = new JsonArray([.. names.Select((name, i) => (JsonNode)new JsonObject { ["name"] = name, ["secretRef"] = new JsonObject { ["name"] = secret, ["key"] = $"header-{i}" } })]),
            };
        }

        if (AllowPrivate)
        {
            spec["network"] = new JsonObject { ["allowPrivate"] = true };
        }

        Dictionary<string, string> values = names.Select((name, i) => (Key: $"header-{i}", Value: Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Headers![name])))).ToDictionary();
        return new ResourceSubmission
        {
            ManagedBy = ResourceOwner.Api,
            Spec = spec,
            Labels = new Dictionary<string, string> { [WebhookSource.NameLabel] = Name },
            Secrets = names.Length == 0 ? null : new Dictionary<string, SubmittedSecret>
            {
                // Of its own each time: a value is compared by nobody.
                [secret] = new SubmittedSecret { ResourceVersion = secretVersion.ToString(), Data = values },
            },
        };
    }
}

/// <summary>A source as it is listed.</summary>
internal sealed record WebhookSource(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("headers")] IReadOnlyDictionary<string, string> Headers,
    [property: JsonPropertyName("interval_seconds")] int? IntervalSeconds,
    [property: JsonPropertyName("enabled")] bool Enabled)
{
    public const string NameLabel = "finobs.io/display-name";
    private const string Prefix = "pull-";
    private const string Redacted = "***";

    public static string ResourceName(string id) => Prefix + id;

    public static WebhookSource Of(StoredResource resource)
    {
        PullSourceSpec spec = ((PullSource)resource.Resource).Spec;
        bool isOurs = resource.Labels.ContainsKey(NameLabel) && resource.Key.Name.StartsWith(Prefix, StringComparison.Ordinal);
        IEnumerable<string> headers = [.. (spec.Auth?.Headers ?? []).Select(header => header.Name), .. spec.Headers?.Keys ?? []];
        return new WebhookSource(
            isOurs ? resource.Key.Name[Prefix.Length..] : resource.Key.Name, resource.Labels.GetValueOrDefault(NameLabel) ?? resource.Key.Name, spec.Url,
            headers.Distinct(StringComparer.OrdinalIgnoreCase).ToDictionary(name => name, _ => Redacted), spec.Schedule.Interval is { } interval ? (int)interval.Value.TotalSeconds : null, !spec.Suspend);
    }
}

/// <summary>The sources of a namespace.</summary>
internal sealed record WebhookSourceList([property: JsonPropertyName("sources")] IReadOnlyList<WebhookSource> Sources);

/// <summary>A source that is gone, or goes when its run ends.</summary>
internal sealed record WebhookRemoval([property: JsonPropertyName("status")] string Status, [property: JsonPropertyName("id")] string Id);

/// <summary>What came of a run.</summary>
/// <param name="Source">Its id.</param>
/// <param name="Timestamp">When it began.</param>
/// <param name="Status"><c>ok</c>, <c>empty</c>, <c>error</c>; <c>running</c> where it takes longer than one waits.</param>
/// <param name="Ingested">Transactions taken in for the first time.</param>
/// <param name="Flagged">Of these, reviewed or blocked.</param>
/// <param name="Error">What was wrong.</param>
internal sealed record WebhookPullResult(
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("ingested")] long Ingested,
    [property: JsonPropertyName("flagged")] long Flagged,
    [property: JsonPropertyName("error")] string? Error)
{
    public static WebhookPullResult Of(string source, LastRun last) => new(
        source, last.Run.At, last.Outcome == RunOutcomes.Failed ? "error" : last.Run.Fetched == 0 ? "empty" : "ok", last.Run.Ingested, last.Run.Flagged,
        last.Outcome == RunOutcomes.Failed ? last.CaughtUp.Message : null);
}
