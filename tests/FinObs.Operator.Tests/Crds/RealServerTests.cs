using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.Validation;
using FinObs.Operator.Tests.Resources;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Tests.Crds;

/// <summary>A real API server takes our definitions and holds objects to the same rules as we do in process. Without one these tests skip.</summary>
public sealed class RealServerTests : IAsyncLifetime
{
    private RealServer? _opened;

    private RealServer Server => _opened!;

    public static TheoryData<string> Kinds => [.. ResourceKinds.All.Select(kind => kind.Name)];

    public static TheoryData<string> BadNames => [.. BadChanges.All.Select(bad => bad.Name)];

    public async ValueTask InitializeAsync() => _opened = await RealServer.OpenAsync();

    public ValueTask DisposeAsync() => _opened?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_example_is_taken_and_means_the_same_as_in_process(string kind)
    {
        JsonObject sample = SampleResources.Read(kind);
        JsonObject taken = await Server.CreateAsync(sample);
        Assert.Equal(SpecText(sample), SpecText(taken));
        Assert.Equal(-1, (int)taken["status"]!["observedGeneration"]!);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_left_out_is_filled_in_as_the_records_say(string kind)
    {
        JsonObject bare = SampleResources.Read(kind);
        WithoutDefaults.Strip(bare["spec"]!.AsObject(), ResourceKinds.Find(kind)!.SpecType);
        JsonObject filled = await Server.CreateAsync(bare, isDryRun: true);
        Assert.Equal(SpecText(bare), Sorted(filled["spec"]!).ToJsonString(ResourceJson.Strict));
    }

    [Theory]
    [MemberData(nameof(BadNames))]
    public async Task A_bad_change_is_refused_at_the_same_field_as_in_process(string name)
    {
        BadChange bad = BadChanges.All.Single(change => change.Name == name);
        RefusedException refused = await Assert.ThrowsAsync<RefusedException>(async () =>
        {
            if (bad.Before is null)
            {
                await Server.CreateAsync(bad.Bad(), isDryRun: true);
                return;
            }

            JsonObject good = await Server.CreateAsync(bad.Good());
            await Server.TryReplaceAsync(bad.Bad(), good);
        });
        Assert.Contains(refused.Causes, cause =>
            (cause.Field is null || cause.Field == bad.Field) && cause.Message.Contains(bad.ServerSays ?? bad.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stage_may_change_where_it_may_change_in_process()
    {
        string[] stages = Enum.GetNames<ModelStage>();
        List<string> differences = [];
        foreach (string from in stages)
        {
            JsonObject before = SampleResources.Read("modelversion");
            BadChange.Set(before, "spec.stage", from);
            JsonObject current = await Server.CreateAsync(before);
            foreach (string to in stages)
            {
                JsonObject after = before.DeepClone().AsObject();
                BadChange.Set(after, "spec.stage", to);
                bool inProcess = ResourceReader.Read(after, ResourceReader.Read(before).Resource).Resource is not null;
                bool onServer = await IsTakenAsync(after, current);
                if (inProcess != onServer) differences.Add($"{from} to {to}: in process {inProcess}, server {onServer}");
            }

            await Server.DeleteAsync(current);
        }

        Assert.Empty(differences);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Whatever_a_status_may_hold_is_taken_and_read_back(string kind)
    {
        ResourceKind known = ResourceKinds.Find(kind)!;
        JsonObject created = await Server.CreateAsync(SampleResources.Read(kind));
        JsonNode status = JsonSerializer.SerializeToNode(FilledRecord.Of(known.StatusType), known.StatusType, ResourceJson.Strict)!;
        created["status"] = status.DeepClone();
        JsonObject written = await Server.ReplaceStatusAsync(created);
        Assert.Equal(Sorted(status).ToJsonString(), Sorted(written["status"]!).ToJsonString());
        Assert.Equal(1, (int)written["metadata"]!["generation"]!);
    }

    [Fact]
    public async Task A_model_version_is_scaled_and_selected_by_its_fields()
    {
        await Server.CreateAsync(SampleResources.Read("modelversion"));
        CancellationToken cancel = TestContext.Current.CancellationToken;
        JsonNode scale = JsonNode.Parse(KubernetesJson.Serialize(await Server.Client.CustomObjects.GetNamespacedCustomObjectScaleAsync(
            WellKnown.Group, WellKnown.Version, Server.Namespace, "modelversions", "card-fraud-3.2.0", cancel)))!;
        Assert.Equal(2, (int)scale["spec"]!["replicas"]!);
        foreach ((string selector, int count) in ((string, int)[])[("spec.model=card-fraud", 1), ("spec.model=other", 0), ("spec.stage=Shadow", 1)])
        {
            JsonNode list = JsonNode.Parse(KubernetesJson.Serialize(await Server.Client.CustomObjects.ListNamespacedCustomObjectAsync(
                WellKnown.Group, WellKnown.Version, Server.Namespace, "modelversions", fieldSelector: selector, cancellationToken: cancel)))!;
            Assert.Equal(count, list["items"]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task Kubectl_knows_the_kinds_by_short_name_and_category()
    {
        V1APIResourceList found = await Server.Client.CustomObjects.GetAPIResourcesAsync(WellKnown.Group, WellKnown.Version, TestContext.Current.CancellationToken);
        Assert.All(ResourceKinds.All, kind =>
        {
            V1APIResource resource = Assert.Single(found.Resources, resource => resource.Name == kind.Plural);
            Assert.Equal([kind.ShortName], resource.ShortNames);
            Assert.Equal(["finobs"], resource.Categories);
        });
    }

    private async Task<bool> IsTakenAsync(JsonObject document, JsonObject current)
    {
        try
        {
            await Server.TryReplaceAsync(document, current);
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    /// <summary>A spec as the operator reads it, with every default.</summary>
    private static string SpecText(JsonObject document)
    {
        Type type = ResourceKinds.Find((string)document["kind"]!)!.SpecType;
        return Sorted(JsonSerializer.SerializeToNode(document["spec"].Deserialize(type, ResourceJson.Lenient), type, ResourceJson.Strict)!).ToJsonString(ResourceJson.Strict);
    }

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, field.Value is null ? null : Sorted(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(item => item is null ? null : Sorted(item))]),
        _ => node.DeepClone(),
    };
}
