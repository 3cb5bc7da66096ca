using System.Globalization;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Chaos;

/// <summary>The audit log of a running host as an auditor meets it.</summary>
internal static class AuditEvidence
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until a signed checkpoint covers so many leaves.</summary>
    public static async Task CoversAsync(HttpClient client, long leaves)
    {
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri("/v1/audit/checkpoint", UriKind.Relative), TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode)
            {
                // The second line of a checkpoint is the tree's size.
                string size = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n')[1];
                if (long.Parse(size, CultureInfo.InvariantCulture) >= leaves)
                {
                    return;
                }
            }

            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Exports leaves and checks the file with nothing but the log's public key at hand; gives what the verifier said.</summary>
    public static async Task<string> ExportAndVerifyAsync(HttpClient client, long from, long to)
    {
        using TemporaryFolder elsewhere = new();
        string file = elsewhere.Combine("audit.ndjson");
        string key = (await client.GetStringAsync(new Uri("/v1/audit/key", UriKind.Relative), TestContext.Current.CancellationToken)).Trim();
        await File.WriteAllBytesAsync(
            file, await client.GetByteArrayAsync(new Uri($"/v1/audit/export?from={from}&to={to}&anchor={from + 1}", UriKind.Relative), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        return await DataPlaneProcess.RunAsync(elsewhere.FullPath, ["verify", file, "--key", key], TestContext.Current.CancellationToken);
    }
}
