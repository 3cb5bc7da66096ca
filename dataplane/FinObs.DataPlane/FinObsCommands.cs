using System.CommandLine;
using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Demo;
using FinObs.DataPlane.Exports.Verification;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Operations;
using FinObs.DataPlane.Resources.Files;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane;

/// <summary>The words that may come first on the command line; without one of them the host serves.</summary>
internal static class FinObsCommands
{
    /// <summary>Short for a setting that is typed often.</summary>
    private const string Resources = "--resources";

    public static Task<int> RunAsync(string[] args)
    {
        args = WithoutAliases(args);
        (string[] settings, string[] words) = SplitSettings(args);
        RootCommand root = new("FinObs data plane: without a command it serves, by default on http://localhost:5080. --resources DIR applies the resources of a folder and follows its changes.")
        {
            ImportCommand.Create(cancellationToken => FinObsHost.OpenAsync(settings, cancellationToken)),
            SimulateCommand.Create(),
            VerifyCommand.Create(more => Services([.. settings, .. more])),
            AcceptRestoreCommand.Create(() => Services(settings)),
            VerifyExportCommand.Create(),
            MigrateCommand.Create(() => Services(settings)),
            OpenApiCommand.Create(FinObsHost.Build),
            HealthCommand.Create(),
        };
        bool isCommand = words.Length > 0 && (root.Subcommands.Any(command => command.Name == words[0]) || words[0] is "--help" or "-h" or "-?" or "--version");
        return StartFailures.InOneSentenceAsync(() => isCommand
            ? root.Parse(words).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false })
            : HostRoles.Of(args) == HostRole.Scorer ? ScorerHost.ServeAsync(args) : FinObsHost.ServeAsync(args));
    }

    /// <summary>
    /// <c>--Section:Key value</c> and <c>--Section:Key=value</c> are configuration, wherever they stand; the rest is the command's. Told apart
    /// here because the configuration's own parser takes a path that begins with a slash for a switch.
    /// </summary>
    internal static (string[] Settings, string[] Words) SplitSettings(string[] args)
    {
        List<string> settings = [];
        List<string> words = [];
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i].Split('=', 2)[0];
            if (!name.StartsWith("--", StringComparison.Ordinal) || !name.Contains(':', StringComparison.Ordinal))
            {
                words.Add(args[i]);
                continue;
            }

            settings.Add(args[i]);
            if (name.Length == args[i].Length && i + 1 < args.Length)
            {
                settings.Add(args[++i]);
            }
        }

        return ([.. settings], [.. words]);
    }

    /// <summary><c>--resources DIR</c> and <c>--resources=DIR</c> as the setting that they stand for.</summary>
    internal static string[] WithoutAliases(string[] args) =>
    [
        .. args.Select(arg => arg.Split('=', 2) is [var name, .. var value] && name.Equals(Resources, StringComparison.OrdinalIgnoreCase)
            ? $"--{ResourceFolderOptions.Section}:{nameof(ResourceFolderOptions.Folder)}{(value is [var folder] ? $"={folder}" : "")}"
            : arg),
    ];

    private static ServiceProvider Services(string[] settings)
    {
        ConfigurationManager configuration = new();
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true).AddEnvironmentVariables().AddCommandLine(settings);
        ServiceCollection services = new();
        services.AddLogging(logging => logging.AddSimpleConsole());
        services.AddSingleton<IConfiguration>(configuration);
        FinObsHost.AddFinObs(services, configuration);
        return services.BuildServiceProvider();
    }
}
