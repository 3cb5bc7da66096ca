using System.Text.Json.Nodes;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using Microsoft.Extensions.DependencyInjection;
using static FinObs.DataPlane.Tests.Models.ModelVersionDoor;

namespace FinObs.DataPlane.Tests.Models;

/// <summary>What the operator says of pods reaches the scoring of every replica, while it is about the object and digest in force.</summary>
public sealed class ReadinessTests
{
    private static readonly string Digest = "sha256:" + new string('a', 64);

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Pods_that_are_ready_are_told_and_untold(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        await using TestDataPlane? other = kind == DatabaseKind.PostgreSql ? await host.StartReplicaAsync(Door.WithoutModel) : null;
        RemoteScorers endpoints = (other ?? host).Services.GetRequiredService<RemoteScorers>();
        Door door = new(host);
        string path = PathOf("fraud", "1.0.0");
        await door.PutAsync(Door.ByOperator(spec: Spec("fraud", "1.0.0", Digest)), path);

        Assert.Equal(204, (await ReportAsync(door, path)).Status);
        await Door.UntilAsync(() => Task.FromResult(endpoints.AddressesOf("default", Digest)), told => told.SequenceEqual(["http://pods.finobs.svc:8081"]));
        Assert.Equal(204, (await ReportAsync(door, path, digest: "sha256:" + new string('b', 64))).Status);
        await Door.UntilAsync(() => Task.FromResult(endpoints.AddressesOf("default", Digest)), told => told.Count == 0);
        await ReportAsync(door, path);
        await Door.UntilAsync(() => Task.FromResult(endpoints.AddressesOf("default", Digest)), told => told.Count == 1);
        Assert.Equal(204, (await door.DeleteAsync($"{path}?uid={Door.Uid}")).Status);
        await Door.UntilAsync(() => Task.FromResult(endpoints.AddressesOf("default", Digest)), told => told.Count == 0);
    }

    [Fact]
    public async Task A_report_about_another_object_or_without_an_address_is_refused()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);
        string path = PathOf("fraud", "1.0.0");

        Assert.Equal(404, (await ReportAsync(door, path)).Status);
        await door.PutAsync(Door.ByOperator(spec: Spec("fraud", "1.0.0", Digest)), path);
        DoorAnswer stale = await ReportAsync(door, path, uid: "older");
        DoorAnswer noAddress = await ReportAsync(door, path, endpoint: "pods:8081/x");

        Assert.Equal((409, "stale"), (stale.Status, stale.Code));
        Assert.Equal(422, noAddress.Status);
        Assert.StartsWith("endpoints[0]: must have the form", noAddress.Detail, StringComparison.Ordinal);
    }

    private static Task<DoorAnswer> ReportAsync(Door door, string path, string uid = Door.Uid, string? digest = null, string endpoint = "http://pods.finobs.svc:8081") => door.PutAsync(
        new JsonObject { ["uid"] = uid, ["digest"] = digest ?? Digest, ["endpoints"] = new JsonArray(endpoint), ["replicas"] = 2, ["readyReplicas"] = 2 }, $"{path}/readiness");
}
