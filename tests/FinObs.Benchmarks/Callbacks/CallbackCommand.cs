using System.CommandLine;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Report;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Callbacks;

/// <summary><c>callbacks [--database …] [--messages N] [--rounds N] [--rate N] [--seconds N] [--in-flight N]</c>: how many deliveries a second, and how late.</summary>
internal static class CallbackCommand
{
    public static Command Create()
    {
        Option<int> messages = new("--messages") { Description = "Messages of a round.", DefaultValueFactory = _ => 20_000 };
        Option<int> rounds = new("--rounds") { Description = "Rounds.", DefaultValueFactory = _ => 3 };
        Option<int> rate = new("--rate") { Description = "Transactions a second while delays are measured.", DefaultValueFactory = _ => 1_000 };
        Option<int> seconds = new("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 10 };
        Option<int> inFlight = new("--in-flight") { Description = "Requests at once (spec.delivery.maxInFlight).", DefaultValueFactory = _ => 32 };
        Command command = new("callbacks", "Deliver to a receiver on this machine: a queue that waits, and a steady stream.") { DatabaseOption.Instance, messages, rounds, rate, seconds, inFlight };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Console.WriteLine($"{Machine.Description}\nOne replica, one target; receiver, data plane and database share the machine.");
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                await using LoadRig? rig = await LoadRig.TryStartAsync(kind);
                if (rig is null)
                {
                    Console.WriteLine("PostgreSQL: not on this machine, skipped.");
                    continue;
                }

                await using CallbackLoad load = await CallbackLoad.StartAsync(rig, parsed.GetValue(inFlight), cancellationToken);
                for (int i = 1; i <= parsed.GetValue(rounds); i++)
                {
                    Console.WriteLine($"{rig.Database.Name}, round {i}: {await load.DrainAsync(parsed.GetValue(messages), cancellationToken)}");
                }

                Console.WriteLine($"{rig.Database.Name}, {parsed.GetValue(rate)} a second: {await load.StreamAsync(parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken)}");
            }
        });
        return command;
    }
}
