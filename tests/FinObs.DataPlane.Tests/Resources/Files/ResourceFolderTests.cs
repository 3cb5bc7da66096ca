using System.Text.Json;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;
using static FinObs.DataPlane.Tests.Resources.Files.FolderHost;

namespace FinObs.DataPlane.Tests.Resources.Files;

/// <summary>What becomes of the files of a folder, and of what they said before.</summary>
public sealed class ResourceFolderTests
{
    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Good_documents_come_into_force_beside_bad_ones_which_are_named_with_file_line_and_field(DatabaseKind kind)
    {
        await using FolderHost host = await FolderHost.StartAsync(
            kind, [],
            ("keys.yaml", Keys),
            ("two.yaml", $"{Target("a")}\n---\n{Target("b")}\n"),
            ("mixed.yaml", $"# One of three is wrong.\n{Target("c")}\n---\n{Target("wrong").Replace("eventTypes", "eventTyps", StringComparison.Ordinal)}\n---\n{Target("d")}\n"),
            ("team/e.json", """{"apiVersion":"finobs.io/v1alpha1","kind":"CallbackTarget","metadata":{"name":"e"},"spec":{"url":"https://e.example/","eventTypes":["decision.made"],"signing":{"secretRef":{"name":"siem-key","key":"key"}}}}"""),
            ("broken.yaml", "apiVersion: finobs.io/v1alpha1\nkind: [\n"),
            ("kind.yaml", "apiVersion: finobs.io/v1alpha1\nkind: CallbackTargt\nmetadata: {name: x}\nspec: {}\n"),
            ("other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {}\n"),
            ("notes.txt", "not looked at"));

        JsonElement report = await host.ReportAsync(_ => true);

        Assert.Equal(["InForce", "InForce"], Of(report, "two.yaml"));
        Assert.Equal(["InForce"], Of(report, "team/e.json"));
        string[] mixed = Of(report, "mixed.yaml");
        Assert.Equal(["InForce", "Refused; 15 spec.eventTyps: there is no such field; did you mean eventTypes?", "InForce"], mixed);
        Assert.StartsWith("Refused; 3 (the document): is no YAML: ", Assert.Single(Of(report, "broken.yaml")), StringComparison.Ordinal);
        Assert.StartsWith("Refused; 2 kind: must be one of ModelVersion, ", Assert.Single(Of(report, "kind.yaml")), StringComparison.Ordinal);
        Assert.Equal(["AtHand"], Of(report, "keys.yaml"));
        Assert.Equal(["PassedOver"], Of(report, "other.yaml"));
        Assert.DoesNotContain("notes.txt", report.GetRawText(), StringComparison.Ordinal);
        DoorAnswer list = await host.Door.GetAsync("/v1/namespaces/default/callbacktargets?managedBy=Files");
        Assert.Equal(["a", "b", "c", "d", "e"], list.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_name_that_stands_twice_is_taken_from_neither_place()
    {
        await using FolderHost host = await FolderHost.StartAsync(("keys.yaml", Keys), ("one.yaml", Target("siem")), ("two.yaml", $"{Target("other")}\n---\n{Target("siem")}"));

        JsonElement report = await host.ReportAsync(_ => true);
        string[] two = Of(report, "two.yaml");

        Assert.Equal("Refused; 3 metadata.name: CallbackTarget default/siem stands in one.yaml:3 and two.yaml:11: keep one of them", Assert.Single(Of(report, "one.yaml")));
        Assert.Equal("InForce", two[0]);
        Assert.StartsWith("Refused; 11 metadata.name: ", two[1], StringComparison.Ordinal);
        Assert.Equal(404, (await host.Door.GetAsync(PathOf("siem"))).Status);

        host.Delete("one.yaml");
        await host.TargetAsync("siem", answer => answer.Status == 200);
    }

    [Fact]
    public async Task A_changed_file_is_a_new_revision_and_what_no_file_says_any_more_is_deleted()
    {
        await using FolderHost host = await FolderHost.StartAsync(("keys.yaml", Keys), ("a.yaml", Target("a")), ("b.yaml", Target("b")));
        DoorAnswer first = await host.TargetAsync("a", answer => answer.Status == 200);

        host.Write("a.yaml", $"# Only a comment.\n{Target("a")}");
        host.Write("b.yaml", Target("b", "https://b2.example/"));
        await host.TargetAsync("b", answer => answer.Status == 200 && answer.Generation == 2);
        DoorAnswer commented = await host.Door.GetAsync(PathOf("a"));
        host.Delete("b.yaml");
        await host.TargetAsync("b", answer => answer.Status == 404);

        Assert.Equal((first.LeafId, 1L), (commented.LeafId, commented.Generation));
        Assert.Equal("Files", first.Json.GetProperty("managedBy").GetString());
        JsonElement history = (await host.Door.GetAsync($"{PathOf("b")}/history")).Json.GetProperty("items");
        Assert.Equal(
            [("resource.deleted", "resources:files"), ("resource.applied", "resources:files"), ("resource.applied", "resources:files")],
            history.EnumerateArray().Select(item => (item.GetProperty("act").GetString()!, item.GetProperty("actor").GetString()!)));
    }

    [Theory]
    [InlineData("url: https://siem", "url: ftp://siem", "Refused; 5 spec.url: ")]
    [InlineData("spec:", "spec: [", "Refused; ")]
    [InlineData("apiVersion: finobs.io/v1alpha1", "apiVersion: finobs.io/v2", "Refused; 1 apiVersion: must be finobs.io/v1alpha1, not finobs.io/v2")]
    public async Task An_edit_that_is_wrong_leaves_in_force_what_was_good_until_it_is_right(string right, string wrong, string said)
    {
        await using FolderHost host = await FolderHost.StartAsync(("keys.yaml", Keys), ("siem.yaml", Target("siem")));
        DoorAnswer good = await host.TargetAsync("siem", answer => answer.Status == 200);

        host.Write("siem.yaml", Target("siem").Replace(right, wrong, StringComparison.Ordinal));
        await host.ReportAsync(report => Of(report, "siem.yaml") is [var only] && only.StartsWith(said, StringComparison.Ordinal));
        DoorAnswer kept = await host.Door.GetAsync(PathOf("siem"));
        host.Write("siem.yaml", Target("siem", "https://mended.example/"));
        DoorAnswer mended = await host.TargetAsync("siem", answer => answer.Generation == 2);

        Assert.Equal((200, good.LeafId), (kept.Status, kept.LeafId));
        Assert.Equal("https://mended.example/", mended.Json.GetProperty("spec").GetProperty("url").GetString());
    }

    [Fact]
    public async Task What_files_say_is_changed_in_the_files_only_and_they_take_nothing_from_others()
    {
        await using FolderHost host = await FolderHost.StartAsync(("keys.yaml", Keys), ("ours.yaml", Target("ours")));
        await host.TargetAsync("ours", answer => answer.Status == 200);
        Assert.Equal(201, (await host.Door.PutAsync(Door.ByOperator(), PathOf("theirs"))).Status);

        DoorAnswer byOperator = await host.Door.PutAsync(Door.ByOperator(), PathOf("ours"));
        DoorAnswer byApi = await host.Door.PutAsync(Door.ByApi(), PathOf("ours"));
        DoorAnswer deletion = await host.Door.DeleteAsync(PathOf("ours"));
        DoorAnswer byUid = await host.Door.DeleteAsync($"{PathOf("ours")}?uid={Door.Uid}");
        host.Write("theirs.yaml", Target("theirs"));
        JsonElement report = await host.ReportAsync(report => Of(report, "theirs.yaml").Length == 1);

        Assert.All([byOperator, byApi, deletion, byUid], answer => Assert.Equal((409, "owned_by_another"), (answer.Status, answer.Code)));
        Assert.Contains("looked after by the files of the resources folder", byOperator.Detail, StringComparison.Ordinal);
        Assert.Equal(
            "Refused; 3 metadata.name: CallbackTarget default/theirs is looked after by the operator: change or delete the object in Kubernetes.", Assert.Single(Of(report, "theirs.yaml")));

        // Once the other has let go of it, the file's turn comes without an edit.
        Assert.Equal(204, (await host.Door.DeleteAsync($"{PathOf("theirs")}?uid={Door.Uid}")).Status);
        DoorAnswer taken = await host.TargetAsync("theirs", answer => answer.Status == 200);
        Assert.Equal("Files", taken.Json.GetProperty("managedBy").GetString());
    }

    [Fact]
    public async Task A_change_on_disk_is_seen_when_it_happens()
    {
        await using FolderHost host = await FolderHost.StartAsync(DatabaseKind.Sqlite, ["--Resources:PollPeriod", "01:00:00"], ("keys.yaml", Keys));
        await host.ReportAsync(_ => true);

        host.Write("siem.yaml", Target("siem"));
        await host.TargetAsync("siem", answer => answer.Status == 200);
        host.Write("deep/down/here.yml", Target("deep"));
        await host.TargetAsync("deep", answer => answer.Status == 200);
        host.Delete("siem.yaml");
        await host.TargetAsync("siem", answer => answer.Status == 404);
    }

    [Fact]
    public async Task A_mounted_config_map_is_read_through_its_links_and_its_swap_is_an_edit()
    {
        await using FolderHost host = await FolderHost.StartAsync(("keys.yaml", Keys), ("..v1/siem.yaml", Target("siem")), ("..v2/siem.yaml", Target("siem", "https://v2.example/")));
        Directory.CreateSymbolicLink(Path.Combine(host.Folder, "..data"), "..v1");
        File.CreateSymbolicLink(Path.Combine(host.Folder, "siem.yaml"), "..data/siem.yaml");
        DoorAnswer first = await host.TargetAsync("siem", answer => answer.Status == 200);

        Directory.Delete(Path.Combine(host.Folder, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(host.Folder, "..data"), "..v2");
        DoorAnswer second = await host.TargetAsync("siem", answer => answer.Generation == 2);

        Assert.Equal(1, first.Generation);
        Assert.Equal("https://v2.example/", second.Json.GetProperty("spec").GetProperty("url").GetString());
    }

    [Fact]
    public async Task A_secret_of_the_folder_is_part_of_the_revision_and_of_nothing_that_is_said()
    {
        await using FolderHost host = await FolderHost.StartAsync(("siem.yaml", Target("siem")));
        JsonElement missing = await host.ReportAsync(_ => true);
        host.Write("keys.yaml", Keys);
        DoorAnswer first = await host.TargetAsync("siem", answer => answer.Status == 200);
        host.Write("keys.yaml", Keys.Replace("whsec_", "whsec_bmV3", StringComparison.Ordinal));
        DoorAnswer rotated = await host.TargetAsync("siem", answer => answer.LeafId != first.LeafId);
        host.Write("keys.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: siem-key}\ndata: {key: '%%%hush%%%'}\n");
        JsonElement notBase64 = await host.ReportAsync(report => Of(report, "keys.yaml") is [var only] && only.StartsWith("Refused", StringComparison.Ordinal));

        Assert.StartsWith("Refused; 7 spec.signing.secretRef: refers to the Secret siem-key, which no file of the folder has in the namespace default", Assert.Single(Of(missing, "siem.yaml")), StringComparison.Ordinal);
        Assert.Equal((1L, 1L, first.SpecHash), (first.Generation, rotated.Generation, rotated.SpecHash));
        Assert.Equal(("files-1", "files-2"), (VersionOf(first), VersionOf(rotated)));
        Assert.Equal("Refused; 4 data.key: must be base64 text; plain text goes under stringData", Assert.Single(Of(notBase64, "keys.yaml")));
        Assert.DoesNotContain("hush", notBase64.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(rotated.LeafId, (await host.Door.GetAsync(PathOf("siem"))).LeafId);

        static string? VersionOf(DoorAnswer answer) => answer.Json.GetProperty("revision").GetProperty("secrets").GetProperty("siem-key").GetString();
    }

    [Fact]
    public async Task A_folder_that_goes_away_takes_nothing_with_it()
    {
        await using FolderHost host = await FolderHost.StartAsync(("keys.yaml", Keys), ("siem.yaml", Target("siem")));
        DoorAnswer before = await host.TargetAsync("siem", answer => answer.Status == 200);

        Directory.Move(host.Folder, host.Folder + "-away");
        JsonElement away = await host.ReportAsync(report => report.GetProperty("problem").ValueKind == JsonValueKind.String);
        DoorAnswer kept = await host.Door.GetAsync(PathOf("siem"));
        Directory.Move(host.Folder + "-away", host.Folder);
        await host.ReportAsync(report => report.GetProperty("problem").ValueKind == JsonValueKind.Null);

        Assert.Contains("what is in force stays so", away.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal((200, before.LeafId), (kept.Status, kept.LeafId));
        Assert.Equal(before.LeafId, (await host.Door.GetAsync(PathOf("siem"))).LeafId);
    }

    [Fact]
    public async Task After_a_start_what_a_file_that_cannot_be_read_now_said_before_stays()
    {
        await using FolderHost host = await FolderHost.StartAsync(("keys.yaml", Keys), ("a.yaml", Target("a")), ("b.yaml", Target("b")));
        await host.TargetAsync("b", answer => answer.Status == 200);
        host.Write("a.yaml", "{");
        await host.ReportAsync(report => Of(report, "a.yaml") is [var only] && only.StartsWith("Refused", StringComparison.Ordinal));
        host.Delete("b.yaml");

        await using TestDataPlane next = await host.Host.StartReplicaAsync([.. Door.WithoutModel, "--Resources:Folder", host.Folder, "--Resources:PollPeriod", "00:00:00.2"]);
        Door door = new(next);
        await Door.UntilAsync(() => door.GetAsync("/v1/resources/files"), answer => answer.Status == 200);
        Assert.Equal(200, (await door.GetAsync(PathOf("a"))).Status);

        host.Write("a.yaml", Target("a"));
        await Door.UntilAsync(() => door.GetAsync(PathOf("b")), answer => answer.Status == 404);
        Assert.Equal(200, (await door.GetAsync(PathOf("a"))).Status);
    }

    [Fact]
    public async Task Without_a_folder_its_report_is_not_found_and_one_that_is_not_there_stops_the_start()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        DoorAnswer none = await new Door(host).GetAsync("/v1/resources/files");
        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(
            () => TestDataPlane.StartAsync(DatabaseKind.Sqlite, [.. Door.WithoutModel, "--Resources:Folder", "/nowhere/at/all"]));

        Assert.Equal((404, "no_folder"), (none.Status, none.Code));
        Assert.Contains("--resources DIR", none.Detail, StringComparison.Ordinal);
        Assert.Contains("(--resources) names a folder that is not there", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Annotations_say_who_changed_it_and_why()
    {
        await using FolderHost host = await FolderHost.StartAsync(
            ("keys.yaml", Keys),
            ("siem.yaml", Target("siem").Replace("{name: siem}", "{name: siem, annotations: {finobs.io/changed-by: jane, finobs.io/change-reason: CHG-1}, resourceVersion: '7'}", StringComparison.Ordinal)));
        await host.TargetAsync("siem", answer => answer.Status == 200);

        JsonElement change = (await host.Door.GetAsync($"{PathOf("siem")}/history")).Json.GetProperty("items")[0];

        Assert.Equal(("jane", "CHG-1"), (change.GetProperty("changedBy").GetString(), change.GetProperty("changeReason").GetString()));
    }
}
