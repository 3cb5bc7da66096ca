using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Reads resources for people: what is asked for, and how it stands.</summary>
internal sealed class PoliciesReader(ResourceCatalogue catalogue, ResourceStatuses statuses, IDatabase database, PiiGuard guard)
{
    /// <summary>How each stands is asked of its handler: so many at once.</summary>
    private const int Most = 100;
    private const int MostChanges = 25;

    public async Task<PoliciesModel?> ReadAsync(string @namespace, string? kind, CancellationToken cancellationToken)
    {
        StoredResource[] all = [.. catalogue.Current.Sorted.Where(resource => resource.Key.Namespace == @namespace)];
        StoredResource[] wanted = [.. all.Where(resource => kind is null || resource.Key.Kind == kind)];
        List<PolicyLine> lines = [];
        foreach (StoredResource resource in wanted.Take(Most))
        {
            lines.Add(LineOf(resource, (await statuses.OfAsync(resource, cancellationToken)).Status));
        }

        return new PoliciesModel(
            [.. ResourceKinds.All.Select(known => new PolicyKind(known.Name, all.Count(resource => resource.Key.Kind == known.Name)))],
            [.. lines.OrderBy(line => line.State switch { "bad" => 0, "watch" => 1, _ => 2 }).ThenBy(line => line.Kind, StringComparer.Ordinal).ThenBy(line => line.Name, StringComparer.Ordinal)],
            wanted.Length);
    }

    public async Task<PolicyModel?> ReadAsync(string @namespace, string kind, string name, Viewer who, CancellationToken cancellationToken)
    {
        ResourceKey key = new(@namespace, ResourceKinds.Find(kind)?.Name ?? kind, name);
        if (catalogue.Current.Find(key) is not { } resource)
        {
            return null;
        }

        Func<string, string> clean = who.May(Permissions.PersonalDataRead) ? text => text : text => guard.Clean(text);
        JsonObject status = (await statuses.OfAsync(resource, cancellationToken)).Status;
        await using FinObsDbContext db = database.CreateContext();
        List<ResourceHistoryRow> history = await db.ResourceHistory.Where(row => row.Namespace == key.Namespace && row.Kind == key.Kind && row.Name == key.Name)
            .OrderByDescending(row => row.Revision).Take(MostChanges).ToListAsync(cancellationToken);
        return new PolicyModel(
            LineOf(resource, status), [.. ConditionsOf(status)], ResourceYaml.Of(resource, clean), ResourceYaml.Of(status, clean), resource.Row.Uid, resource.Row.Generation,
            status["observedGeneration"]?.GetValue<long>() ?? -1, resource.Row.SpecHash, resource.Row.LeafId, resource.Row.TraceId, resource.Row.Deleting,
            [.. history.Select(row => new PolicyChange(row.Id, row.Revision, row.Act, row.ChangedBy ?? row.Actor, row.ChangeReason is { } why ? guard.Clean(why) : null, row.ChangedAt))]);
    }

    private PolicyLine LineOf(StoredResource resource, JsonObject status)
    {
        PolicyCondition[] conditions = [.. ConditionsOf(status)];
        PolicyCondition? ready = Array.Find(conditions, one => one.Type == ConditionTypes.Ready);
        PolicyBlock? blocked = BlockOf(status);
        bool isStalled = conditions.Any(one => one is { Type: ConditionTypes.Stalled, Holds: nameof(ConditionStatus.True) });
        string state = ready switch
        {
            { Holds: nameof(ConditionStatus.True) } => "good",
            { Holds: nameof(ConditionStatus.False) } => isStalled || (blocked is null && ready.Reason != CommonReasons.Progressing) ? "bad" : "watch",
            _ => "none",
        };
        return new PolicyLine(
            resource.Key.Kind, resource.Key.Name, state, resource.Row.Deleting ? "being removed" : WordOf(ready, state), ready is null ? "" : guard.Clean(ready.Message), blocked,
            OwnerOf(resource.Row.ManagedBy), resource.Row.ChangedBy, resource.Row.ChangedAt);
    }

    private static string WordOf(PolicyCondition? ready, string state) => ready is null ? "nothing is known yet" : state == "good" ? "as asked" : Spaced(ready.Reason);

    /// <summary>A reason as people say it: <c>RoutingBusy</c> → routing busy.</summary>
    private static string Spaced(string reason) => string.Concat(reason.Select((c, i) => i > 0 && char.IsUpper(c) && char.IsLower(reason[i - 1]) ? $" {c}" : $"{c}")).ToLowerInvariant();

    private static string OwnerOf(ResourceOwner owner) => owner switch
    {
        ResourceOwner.Operator => "the cluster",
        ResourceOwner.Files => "files",
        _ => "the API",
    };

    private static IEnumerable<PolicyCondition> ConditionsOf(JsonObject status) => (status["conditions"] as JsonArray ?? []).OfType<JsonObject>().Select(one => new PolicyCondition(
        TextOf(one, "type"), TextOf(one, "status"), TextOf(one, "reason"), TextOf(one, "message"), TimeOf(one["lastTransitionTime"])));

    private PolicyBlock? BlockOf(JsonObject status) =>
        status["blockedOn"] is JsonObject one ? new PolicyBlock(TextOf(one, "gate"), TimeOf(one["since"]), guard.Clean(TextOf(one, "hint"))) : null;

    private static string TextOf(JsonObject map, string name) => map[name]?.GetValue<string>() ?? "";

    private static DateTimeOffset? TimeOf(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String && DateTimeOffset.TryParse(node.GetValue<string>(), null, out DateTimeOffset at) ? at : null;
}
