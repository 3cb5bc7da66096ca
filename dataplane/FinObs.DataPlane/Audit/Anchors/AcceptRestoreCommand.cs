using System.CommandLine;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Anchors;

/// <summary><c>accept-restore --reason TEXT --by NAME [--force]</c>: goes on from a database that is older than what was published, and records that for ever. Exit code 0: accepted, or nothing to accept; 1: refused.</summary>
internal static class AcceptRestoreCommand
{
    public static Command Create(Func<ServiceProvider> services)
    {
        var reason = new Option<string>("--reason") { Description = "Why the newer database cannot be had any more.", Required = true };
        var by = new Option<string>("--by") { Description = "Who accepts the loss.", Required = true };
        var force = new Option<bool>("--force") { Description = "Go on even though the database is not older than what was published but another." };
        var command = new Command("accept-restore", "Go on from a restored database: record which published checkpoints are lost, and set their file aside.") { reason, by, force };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (string.IsNullOrWhiteSpace(parsed.GetValue(reason)) || string.IsNullOrWhiteSpace(parsed.GetValue(by)))
            {
                await error.WriteLineAsync("Say why (--reason) and who accepts it (--by).");
                return 1;
            }

            await using var provider = services();
            await provider.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
            var acceptance = provider.GetRequiredService<RestoreAcceptance>();
            switch (await acceptance.AcceptAsync(parsed.GetRequiredValue(reason), parsed.GetRequiredValue(by), parsed.GetValue(force), cancellationToken))
            {
                case AcceptanceOutcome.Accepted accepted:
                    await output.WriteLineAsync(
                        $"Accepted: the log goes on from {accepted.Restore.Size} leaves. Lost: {string.Join(", ", accepted.Restore.Lost.Select(lost => $"{lost.Checkpoint.Size} leaves ({lost.Anchor})"))}. Leaf {accepted.LeafId} says so.");
                    return 0;
                case AcceptanceOutcome.NothingLost:
                    await output.WriteLineAsync("The database agrees with every checkpoint that is kept: there is nothing to accept.");
                    return 0;
                case AcceptanceOutcome.Refused refused:
                    await error.WriteLineAsync(refused.Why);
                    return 1;
                default:
                    return 1;
            }
        });
        return command;
    }
}
