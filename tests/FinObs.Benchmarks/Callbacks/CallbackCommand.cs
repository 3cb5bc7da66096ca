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

                List<string> lines = [];
                void Say(string line)
                {
                    Console.WriteLine(line);
                    lines.Add($"- {line}");
                }

                await using CallbackLoad load = await CallbackLoad.StartAsync(rig, parsed.GetValue(inFlight), cancellationToken);
                for (int i = 1; i <= parsed.GetValue(rounds); i++)
                {
                    Say($"{rig.Database.Name}, round {i}: {await load.DrainAsync(parsed.GetValue(messages), cancellationToken)}");
                }

                Say($"{rig.Database.Name}, {parsed.GetValue(rate)} a second: {await load.StreamAsync(parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellationToken)}");
                Pages.Write(Pages.Of("callbacks", kind), $"""
                    ## Deliveries, {rig.Database.Name}

                    One replica, one target with {parsed.GetValue(inFlight)} requests at once; receiver, data plane and database share the machine. Target: 2,000 deliveries a second. First a queue of {parsed.GetValue(messages):N0}
                    that waits, from the first message to the last; then a steady stream, from the answer to a transaction to its message.

                    {string.Join('\n', lines)}

                    {Machine.Description}
                    """);
            }
        });
        return command;
    }
}
