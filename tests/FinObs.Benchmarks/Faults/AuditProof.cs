using System.Globalization;
using FinObs.Benchmarks.Load;
using FinObs.Testing;

namespace FinObs.Benchmarks.Faults;

/// <summary>Does the audit log hold, by the product's own verifier? All of the database's, and an export of the newest leaves with nothing but the public key.</summary>
internal static class AuditProof
{
    private const int Exported = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Null where it holds, else what is wrong.</summary>
    public static async Task<string?> ProblemAsync(LoadRig rig, CancellationToken cancellationToken)
    {
        if (await SizeOnceCompleteAsync(rig, cancellationToken) is not { } size)
        {
            return $"not every leaf was under a signed checkpoint after {Patience.TotalMinutes:0} minutes";
        }

        using TemporaryFolder elsewhere = new();
        string file = elsewhere.Combine("audit.ndjson");
        try
        {
            string key = (await rig.Host.Client.GetStringAsync(Path("/v1/audit/key"), cancellationToken)).Trim();
            byte[] export = await rig.Host.Client.GetByteArrayAsync(Path($"/v1/audit/export?from={Math.Max(0, size - Exported)}&to={size}"), cancellationToken);
            await File.WriteAllBytesAsync(file, export, cancellationToken);
            await DataPlaneProcess.RunAsync(elsewhere.FullPath, ["verify", file, "--key", key], cancellationToken);
            await rig.RunAsync("verify", "--database");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or HttpRequestException)
        {
            return e.Message;
        }
    }

    /// <summary>Waits until a signed checkpoint covers every leaf; gives its size.</summary>
    private static async Task<long?> SizeOnceCompleteAsync(LoadRig rig, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        long leaves = await rig.Database.CountAsync("audit_leaves");
        try
        {
            while (true)
            {
                using HttpResponseMessage answer = await rig.Host.Client.GetAsync(Path("/v1/audit/checkpoint"), deadline.Token);

                // The second line of a checkpoint is the tree's size.
                string[] lines = (await answer.Content.ReadAsStringAsync(deadline.Token)).Split('\n');
                if (answer.IsSuccessStatusCode && long.Parse(lines[1], CultureInfo.InvariantCulture) is var size && size >= leaves)
                {
                    return size;
                }

                await Task.Delay(Pause, TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static Uri Path(string path) => new(path, UriKind.Relative);
}
