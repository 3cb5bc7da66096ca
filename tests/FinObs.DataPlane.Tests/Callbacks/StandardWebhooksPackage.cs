using System.Diagnostics;
using System.Text.Json;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>
/// The npm package <c>standardwebhooks</c>, by the authors of the specification, in a folder of the user's cache: installed once, outside of the repository. Without Node or npm a test skips and says so;
/// where <c>CI</c> is true it fails.
/// </summary>
internal static class StandardWebhooksPackage
{
    private const string Version = "1.0.0";
    private const string Missing = "No Node.js with npm, or no registry to install standardwebhooks from: signatures are not verified by an independent implementation.";

    private const string Script = """
        const { Webhook } = require("standardwebhooks");
        const crypto = require("crypto");
        const { secret, publicKey, id, timestamp, signature, body } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        if (publicKey) {
          const raw = Buffer.from(publicKey.replace("whpk_", ""), "base64");
          const key = crypto.createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]), format: "der", type: "spki" });
          const ok = signature.split(" ").some(one => one.startsWith("v1a,") && crypto.verify(null, Buffer.from(`${id}.${timestamp}.${body}`), key, Buffer.from(one.slice(4), "base64")));
          console.log(ok ? "verified" : "refused");
        } else {
          try {
            new Webhook(secret).verify(body, { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": signature });
            console.log("verified");
          } catch (error) {
            console.log("refused");
          }
        }
        """;

    private static readonly Lazy<Task<string?>> Folder = new(InstallAsync);

    /// <summary>What the package says of a message: <c>verified</c> or <c>refused</c>.</summary>
    public static async Task<string> VerifyAsync(object message)
    {
        string? folder = await Folder.Value;
        if (folder is null)
        {
            Assert.False(string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase), Missing);
            Assert.Skip(Missing);
        }

        (int code, string output) = await RunAsync("node", ["-e", Script], folder, JsonSerializer.Serialize(message));
        Assert.True(code == 0, output);
        return output.Trim();
    }

    private static async Task<string?> InstallAsync()
    {
        string folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "finobs-tests", $"standardwebhooks-{Version}");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "standardwebhooks")))
        {
            return folder;
        }

        try
        {
            Directory.CreateDirectory(folder);
            (int code, _) = await RunAsync("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", $"standardwebhooks@{Version}"], folder, "");
            return code == 0 ? folder : null;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
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
