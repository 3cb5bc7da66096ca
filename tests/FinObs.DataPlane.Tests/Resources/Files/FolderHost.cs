using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Resources.Files;

/// <summary>A host with a folder of resources, and the hands that edit the folder.</summary>
internal sealed class FolderHost : IAsyncDisposable
{
    /// <summary>The Secret that the targets of the tests refer to.</summary>
    public const string Keys = """
        apiVersion: v1
        kind: Secret
        metadata: {name: siem-key}
        stringData: {key: whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBvdXJz}
        """;

    private readonly TemporaryFolder _folder;

    private FolderHost(TemporaryFolder folder, TestDataPlane host)
    {
        _folder = folder;
        Host = host;
        Door = new Door(host);
    }

    public TestDataPlane Host { get; }

    public Door Door { get; }

    public string Folder => _folder.Combine("resources");

    public static Task<FolderHost> StartAsync(params (string File, string Text)[] files) => StartAsync(DatabaseKind.Sqlite, ["--Resources:PollPeriod", "00:00:00.2"], files);

    public static async Task<FolderHost> StartAsync(DatabaseKind kind, string[] args, params (string File, string Text)[] files)
    {
        TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.Combine("resources"));
        foreach ((string file, string text) in files)
        {
            Write(folder.Combine("resources"), file, text);
        }

        return new FolderHost(folder, await TestDataPlane.StartAsync(kind, [.. Door.WithoutModel, "--Resources:Folder", folder.Combine("resources"), .. args]));
    }

    /// <summary>A target of this name.</summary>
    public static string Target(string name, string url = "https://siem.bank.example/finobs") => $$"""
        apiVersion: finobs.io/v1alpha1
        kind: CallbackTarget
        metadata: {name: {{name}}}
        spec:
          url: {{url}}
          eventTypes: [decision.made]
          signing: {secretRef: {name: siem-key, key: key} }
        """;

    public static string PathOf(string name) => $"/v1/namespaces/default/callbacktargets/{name}";

    public void Write(string file, string text) => Write(Folder, file, text);

    public void Delete(string file) => File.Delete(Path.Combine(Folder, file));

    /// <summary>The report once it says what is waited for.</summary>
    public async Task<JsonElement> ReportAsync(Func<JsonElement, bool> holds) =>
        (await Door.UntilAsync(() => Door.GetAsync("/v1/resources/files"), answer => answer.Status == 200 && holds(answer.Json))).Json;

    /// <summary><c>State</c>, or <c>Refused line field: message</c>, of each document of a file.</summary>
    public static string[] Of(JsonElement report, string file) =>
    [
        .. report.GetProperty("files").EnumerateArray().Where(one => one.GetProperty("file").GetString() == file)
            .SelectMany(one => one.GetProperty("documents").EnumerateArray())
            .Select(document => string.Join("; ", document.GetProperty("errors").EnumerateArray()
                .Select(error => $"{error.GetProperty("line").GetInt32()} {error.GetProperty("field").GetString()}: {error.GetProperty("message").GetString()}")
                .Prepend(document.GetProperty("state").GetString()))),
    ];

    /// <summary>The answer about a target once it is what is waited for.</summary>
    public Task<DoorAnswer> TargetAsync(string name, Func<DoorAnswer, bool> holds) => Door.UntilAsync(() => Door.GetAsync(PathOf(name)), holds);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>In one step, as careful tools do: a half-written file would be another case.</summary>
    private static void Write(string folder, string file, string text)
    {
        string target = Path.Combine(folder, file), draft = Path.Combine(folder, $".{Guid.CreateVersion7():N}");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(draft, text);
        File.Move(draft, target, overwrite: true);
    }
}
