using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Registration;

/// <summary>From a file of transactions to a model that decides, with nothing in between but a pipe.</summary>
public sealed class RegisteredModelTests
{
    private const string Key = "a-key-of-the-operator";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_that_was_trained_and_registered_decides_once_the_printed_resource_is_given_back()
    {
        await using Installation installation = await Installation.CreateAsync(DatabaseKind.Sqlite);
        string resources = Path.Combine(installation.Folder, "resources"), keys = Path.Combine(installation.Folder, "keys"), printed = Path.Combine(installation.Folder, "printed.yaml");
        Directory.CreateDirectory(resources);
        await File.WriteAllTextAsync(keys, Key + "\n", Stop);
        await using DataPlaneProcess host = await installation.StartAsync("--resources", resources, "--Access:ApiKeyFile", keys);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);

        (int stranger, string said) = await TrainAsync(installation.Folder, printed, host.Client.BaseAddress!);
        Assert.Equal(2, stranger);
        Assert.Contains("--register-token-file", said, StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllTextAsync(printed, Stop));

        (int code, string log) = await TrainAsync(installation.Folder, printed, host.Client.BaseAddress!, "--register-token-file", keys);
        Assert.True(code == 0, log);
        Assert.StartsWith("apiVersion: finobs.io/v1alpha1\nkind: ModelVersion\n", await File.ReadAllTextAsync(printed, Stop), StringComparison.Ordinal);
        Assert.StartsWith("finobs-built-in@", await DeciderAsync(host), StringComparison.Ordinal);
        File.Move(printed, Path.Combine(resources, "trained.yaml"));

        await Until.TrueAsync(async () => await DeciderAsync(host) == "trained@2.0.0", () => host.Output);
    }

    /// <summary>As in a shell: standard output goes to a file, the rest is what is returned.</summary>
    private static async Task<(int Code, string Said)> TrainAsync(string folder, string output, Uri dataPlane, params string[] more)
    {
        string assembly = DataPlaneProcess.Assembly.Replace("FinObs.DataPlane", "FinObs.Retraining", StringComparison.Ordinal);
        await using GuardedProcess process = GuardedProcess.Start(
            [
                "/bin/sh", "-c", "\"$@\" > \"$0\"", output, "dotnet", assembly, "train", "--data", RepositoryRoot.Combine("samples/transactions.csv.gz"), "--base-currency", "USD",
                "--model", "trained", "--version", "2.0.0", "--stage", "Production", "--register", dataPlane.ToString(), .. more,
            ],
            folder);
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, process.Output);
    }

    private static async Task<string> DeciderAsync(DataPlaneProcess host)
    {
        using StringContent body = new($$"""{"transaction_id":"t-{{Guid.CreateVersion7():N}}","amount":5,"type":"card","account":"a-1"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), body, Stop);
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Stop));
        Assert.True(answer.IsSuccessStatusCode, json.RootElement.GetRawText());
        return json.RootElement.GetProperty("results")[0].GetProperty("model_version").GetString()!;
    }
}
