using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace FinObs.Testing;

/// <summary>
/// A folder of the repository with a package.json and its lock file, whose own tests are run by ours: <c>npm ci</c>, unless what is installed is what the lock says, and <c>npm test</c>. Without Node
/// or npm a test skips and says so; where <c>CI</c> is true it fails.
/// </summary>
public static class NodeTests
{
    private const string Missing = "No Node.js with npm for the tests: install them (Debian: apt-get install nodejs npm).";

    /// <param name="folder">In the repository, with forward slashes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the tests printed.</returns>
    public static async Task<string> RunAsync(string folder, CancellationToken cancellationToken)
    {
        string path = RepositoryRoot.Combine(folder);
        string installed = Path.Combine(path, "node_modules", ".finobs-lock");
        string wanted = await File.ReadAllTextAsync(Path.Combine(path, "package-lock.json"), cancellationToken);
        if (!File.Exists(installed) || await File.ReadAllTextAsync(installed, cancellationToken) != wanted)
        {
            await NpmAsync(path, cancellationToken, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline");
            await File.WriteAllTextAsync(installed, wanted, cancellationToken);
        }

        return await NpmAsync(path, cancellationToken, "test");
    }

    private static async Task<string> NpmAsync(string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("npm", arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            Assert.True(process.ExitCode == 0, $"npm {string.Join(' ', arguments)} in {folder} ended with {process.ExitCode}:\n{output}\n{await errors}");
            return output;
        }
        catch (Win32Exception)
        {
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), Missing);
            Assert.Skip(Missing);
            throw;
        }
    }
}
