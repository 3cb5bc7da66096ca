using FinObs.Testing;
using Microsoft.Playwright;

namespace FinObs.Dashboard.Tests;

/// <summary>A real Chromium and a real data plane with a small demo, shared by all classes. Chromium is looked for in FINOBS_TEST_CHROMIUM, then where Debian puts it; without one tests skip, in CI they fail.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly NodePackage Axe = new("axe-core", "4.14.1");

    private readonly TemporaryFolder _folder = new();
    private IPlaywright? _playwright;
    private IBrowser? _chromium;
    private DataPlaneProcess? _host;

    public DataPlaneProcess Host => _host!;

    /// <summary>Where pictures go; null = nowhere.</summary>
    public static string? Pictures => Environment.GetEnvironmentVariable("FINOBS_SCREENSHOTS") is { Length: > 0 } folder ? Path.GetFullPath(folder) : null;

    private static string? Chromium => new[] { Environment.GetEnvironmentVariable("FINOBS_TEST_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Chromium is null)
        {
            return;
        }

        Task<DataPlaneProcess> starting = DataPlaneProcess.StartAsync(
            _folder.FullPath,
            ["--Demo:Enabled", "true", "--Demo:Transactions", "6000", "--Demo:LiveTransactionsPerSecond", "0", "--Logging:LogLevel:Default", "Warning"]);
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        _host = await starting;
        await UntilAsync(async () => (await Host.GetAsync("/v1/transactions?limit=1&source=demo")).GetProperty("items").GetArrayLength() > 0);
    }

    /// <summary>A page of its own, with what the console complained of.</summary>
    public async Task<Tab> OpenAsync(int width = 1440, string theme = "light")
    {
        const string missing = "No Chromium: install it (apt-get install chromium) or name one in FINOBS_TEST_CHROMIUM.";
        if (_chromium is null)
        {
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), missing);
            Assert.Skip(missing);
        }

        IBrowserContext context = await _chromium.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Host.Address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        await context.AddCookiesAsync([new Cookie { Name = "fo-theme", Value = theme, Url = Host.Address.ToString() }]);
        return new Tab(await context.NewPageAsync());
    }

    /// <summary>The script of axe.</summary>
    public static async Task<string> AxeAsync() => await File.ReadAllTextAsync(await Axe.RunAsync("process.stdout.write(require.resolve('axe-core/axe.min.js'))", ""));

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60));
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_chromium is not null)
        {
            await _chromium.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _folder.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class OneBrowser : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}
