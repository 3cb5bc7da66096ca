using System.Globalization;
using FinObs.Testing;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>How fast the first paint is, and what an open session costs the process: <c>make sessions</c>. Real tabs of a real Chromium, each with its live connection; the process is asked over <c>/metrics</c>.</summary>
[Collection(OneBrowser.Name)]
public sealed class SessionsMeasurement(Browser browser, ITestOutputHelper output)
{
    private const string Variable = "FINOBS_MEASURE_SESSIONS";
    private const int Paints = 7;

    [Fact]
    public async Task The_first_paint_is_within_a_second_and_a_hundred_sessions_fit()
    {
        Assert.SkipUnless(int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out int sessions), $"Only where {Variable} says how many sessions: make sessions.");
        using TemporaryFolder folder = new();
        await using DataPlaneProcess host = await DataPlaneProcess.StartAsync(
            folder.FullPath, ["--Demo:Enabled", "true", "--Demo:Transactions", "6000", "--Demo:LiveTransactionsPerSecond", "5", "--Logging:LogLevel:Default", "Warning"]);
        await Browser.UntilAsync(async () => (await host.GetAsync("/v1/transactions?limit=1&source=demo-live")).GetProperty("items").GetArrayLength() > 0);
        string flagged = (await host.GetAsync("/v1/transactions?limit=1&decision=block")).GetProperty("items")[0].GetProperty("id").GetString()!;

        foreach (string path in new[] { "/", "/decisions", $"/decisions/{flagged}", "/observability" })
        {
            double[] paints = await PaintsAsync(new Uri(host.Address, path).ToString());
            output.WriteLine($"first paint of {(path.Length > 20 ? "/decisions/{id}" : path)}: median {paints[paints.Length / 2]:F0} ms, slowest {paints[^1]:F0} ms of {paints.Length}");
            Assert.True(paints[paints.Length / 2] < 1000, path);
        }

        (double heap, double memory) before = await MemoryAsync(host);
        List<Tab> tabs = [];
        try
        {
            for (int i = 0; i < sessions; i++)
            {
                tabs.Add(await browser.OpenAsync());
                await tabs[^1].GoAsync(new Uri(host.Address, i % 2 == 0 ? "/" : "/decisions").ToString());
            }

            (double heap, double memory) after = await MemoryAsync(host);
            output.WriteLine($"{sessions} sessions, half of them on the overview: {(after.heap - before.heap) / sessions / 1024:F0} KiB of objects and {(after.memory - before.memory) / sessions / 1024:F0} KiB of memory each; the process has {after.memory / 1024 / 1024:F0} MiB.");

            // All of them are told of what happens.
            (string id, _) = await host.SendLargeWireAsync("seen-by-all");
            long began = TimeProvider.System.GetTimestamp();
            foreach (Tab tab in tabs.Where((_, i) => i % 2 == 0))
            {
                await Assertions.Expect(tab.Page.Locator($".feed a[href='/decisions/{id}']")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 30_000 });
            }

            output.WriteLine($"an event was on each overview after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s, looked at one after the other");
        }
        finally
        {
            foreach (Tab tab in tabs)
            {
                await tab.DisposeAsync();
            }
        }
    }

    /// <summary>Milliseconds to the first content, in a browser that knows nothing, in order.</summary>
    private async Task<double[]> PaintsAsync(string address)
    {
        List<double> paints = [];
        for (int i = 0; i < Paints; i++)
        {
            await using Tab tab = await browser.OpenAsync();
            await tab.Page.GotoAsync(address);
            paints.Add(await tab.Page.EvaluateAsync<double>("() => new Promise(done => new PerformanceObserver(list => { const it = list.getEntriesByName('first-contentful-paint')[0]; if (it) done(it.startTime); }).observe({ type: 'paint', buffered: true }))"));
        }

        return [.. paints.Order()];
    }

    /// <summary>Bytes of objects after the last collection, and of the whole process.</summary>
    private static async Task<(double Heap, double Memory)> MemoryAsync(DataPlaneProcess host)
    {
        string text = await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        double Sum(string name) => text.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal) && !line.StartsWith('#')).Sum(line => double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
        return (Sum("dotnet_gc_last_collection_heap_size_bytes"), Sum("dotnet_process_memory_working_set_bytes"));
    }
}
