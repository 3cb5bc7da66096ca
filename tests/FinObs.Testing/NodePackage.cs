using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace FinObs.Testing;

/// <summary>
/// A package of npm as a second opinion: installed once into a folder of the user's cache, outside of the repository, and asked by a script. Without Node or npm a test skips and says
/// so; where <c>CI</c> is true it fails.
/// </summary>
/// <param name="name">Of the package.</param>
/// <param name="version">Exactly this one.</param>
public sealed class NodePackage(string name, string version)
{
    private readonly Lazy<Task<string?>> _folder = new(() => InstallAsync(name, version));

    /// <summary>Runs a script of CommonJS beside the package.</summary>
    /// <param name="script">May <c>require</c> the package.</param>
    /// <param name="input">Its standard input.</param>
    /// <returns>What it printed, without blanks around.</returns>
    public async Task<string> RunAsync(string script, string input)
    {
        string missing = $"No Node.js with npm, or no registry to install {name} from: there is no second opinion.";
        string? folder = await _folder.Value;
        if (folder is null)
        {
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), missing);
            Assert.Skip(missing);
        }

        (int code, string output) = await RunAsync("node", ["-e", script], folder, input);
        Assert.True(code == 0, output);
        return output.Trim();
    }

    private static async Task<string?> InstallAsync(string name, string version)
    {
        string cache = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create);
        string folder = Path.Combine(cache, "finobs-tests", $"{name.Replace('/', '-')}-{version}");
        if (Directory.Exists(Path.Combine(folder, "node_modules", name)))
        {
            return folder;
        }

        try
        {
            Directory.CreateDirectory(folder);
            (int code, _) = await RunAsync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", $"{name}@{version}"], folder, "");
            return code == 0 ? folder : null;
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return null;
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, string[] arguments, string folder, string input)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
