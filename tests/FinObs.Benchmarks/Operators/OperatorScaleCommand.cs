using System.CommandLine;
using System.Globalization;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Report;

namespace FinObs.Benchmarks.Operators;

/// <summary><c>operator [--objects N] [--probes N] [--rest-seconds N]</c>: what an operator needs for so many objects of each kind: memory, requests at rest, and how long one apply takes to be Ready.</summary>
internal static class OperatorScaleCommand
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        Option<int> objects = new("--objects") { Description = "Of each kind.", DefaultValueFactory = _ => 1_000 };
        Option<int> probes = new("--probes") { Description = "CallbackTargets that are applied one after the other once all the others are there.", DefaultValueFactory = _ => 300 };
        Option<int> rest = new("--rest-seconds") { Description = "How long nothing is done and requests are counted.", DefaultValueFactory = _ => 120 };
        Command command = new("operator", "An operator with many objects of each kind.") { objects, probes, rest };
        command.SetAction((parsed, cancellationToken) => MeasureAsync(parsed.GetValue(objects), parsed.GetValue(probes), TimeSpan.FromSeconds(parsed.GetValue(rest)), cancellationToken));
        return command;
    }

    private static async Task MeasureAsync(int objects, int probes, TimeSpan rest, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{Machine.Description}\nOperator, data plane (SQLite) and an API server in this process share the machine; no pods.");
        await using OperatorRig rig = await OperatorRig.StartAsync(cancellationToken);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| | operator, MB | until all are settled |\n|---|---|---|\n| no objects | {rig.OperatorMegabytes:0} | |"));
        int total = 0;
        foreach (string kind in OperatorRig.Kinds)
        {
            TimeSpan took = await rig.FillAsync(kind, objects, cancellationToken);
            total += objects;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {objects:N0} {kind} more | {rig.OperatorMegabytes:0} | {took.TotalSeconds:0.0} s |"));
        }

        await Task.Delay(Settling, cancellationToken);
        rig.BeginCounting();
        await Task.Delay(rest, cancellationToken);
        IReadOnlyDictionary<string, int> requests = rig.Counted();
        double hours = rest.TotalHours;
        int ours = requests.Where(pair => !pair.Key.Contains("leases", StringComparison.Ordinal)).Sum(pair => pair.Value);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nAt rest, {total:N0} objects, {rest.TotalSeconds:0} s: {ours / hours:N0} requests to the API server an hour, without those for the lease ({(requests.Values.Sum() - ours) / hours:N0})."));
        foreach ((string what, int count) in requests.OrderByDescending(pair => pair.Value)) Console.WriteLine($"  {count} {what}");

        LatencyHistogram latencies = new();
        for (int i = 0; i < probes; i++) latencies.Record(await rig.ProbeAsync(i, cancellationToken));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nFrom the apply to Ready, {probes} CallbackTargets one after the other beside {total:N0} objects: p50 {latencies.Percentile(0.5).TotalMilliseconds:0} ms, p99 {latencies.Percentile(0.99).TotalMilliseconds:0} ms, longest {latencies.Max.TotalMilliseconds:0} ms. Operator: {rig.OperatorMegabytes:0} MB."));
    }
}
