using System.CommandLine;
using System.Globalization;
using FinObs.Testing;

namespace FinObs.Benchmarks.Scale;

/// <summary><c>scale</c>: writes docs/scale.md, what larger rates need by the costs of one transaction. A calculation, not a measurement.</summary>
internal static class ScaleCommand
{
    private static readonly double[] Rates = [1_000, 10_000, 100_000, 1_000_000];

    private static readonly Option<double> DataPlane = new("--data-plane-microseconds") { DefaultValueFactory = _ => 80 };
    private static readonly Option<double> Database = new("--database-microseconds") { DefaultValueFactory = _ => 58 };
    private static readonly Option<double> Log = new("--log-bytes") { DefaultValueFactory = _ => 2_800 };
    private static readonly Option<double> Stored = new("--stored-bytes") { DefaultValueFactory = _ => 2_100 };
    private static readonly Option<double> Request = new("--request-bytes") { DefaultValueFactory = _ => 500 };

    public static Command Create()
    {
        Command command = new("scale", "Calculate from the costs of a transaction what larger rates need, and write docs/scale.md.") { DataPlane, Database, Log, Stored, Request };
        command.SetAction(parsed =>
        {
            CostPerTransaction cost = new(
                parsed.GetValue(DataPlane), parsed.GetValue(Database), parsed.GetValue(Log), parsed.GetValue(Stored), parsed.GetValue(Request));
            string page = Page(cost);
            Console.WriteLine(page);
            File.WriteAllText(RepositoryRoot.Combine("docs/scale.md"), page);
        });
        return command;
    }

    internal static string Page(CostPerTransaction cost) => string.Create(CultureInfo.InvariantCulture, $"""
        # Scale

        Calculated, not measured: what larger rates need by what one transaction costs on two processors. `make bench BENCH_ARGS=scale` writes this page again, with other costs if they are given.

        One transaction, with batches of 10,000 on PostgreSQL: {cost.DataPlaneMicroseconds:0} µs of the data plane's processors, {cost.DatabaseMicroseconds:0} µs of the database's, {cost.LogBytes:N0} bytes of write-ahead log,
        {cost.StoredBytes:N0} bytes stored with their indexes, some {cost.RequestBytes:N0} bytes on the network. Planned at {Need.Utilisation:P0} of the processors; replicas of {Need.ReplicaProcessors:0} processors, database servers of {Need.ServerProcessors:0}
        that take {Need.ServerLogBytes / 1e6:N0} MB of log a second.

        | transactions a second | data plane: processors, replicas | database: processors | log | stored a day | network | sequencer | databases | breaks first |
        |---|---|---|---|---|---|---|---|---|
        {string.Join('\n', Rates.Select(rate => Row(new Need(rate, cost))))}

        ## What breaks first, and what would be changed

        - **To some 10,000 a second** one PostgreSQL server and a few replicas do. A replica commits in one line, so what bounds a single one is the time of a chunk's way, not its processors: add replicas. Accounts that two replicas
          see at once cost a repeated chunk: route by account (a consistent hash at the ingress) before adding many.
        - **At 100,000 a second** the sequencer, which numbers leaves one after the other, and the log's disk are the bounds. Namespaces are independent in everything but the tree: a database for each group of namespaces, each with its own
          log and its own checkpoints, doubles what can be done with each database added. Redis between replicas saves reading a profile again when an account moves; it is not on the way of a commit.
        - **At a million a second** the answer is {new Need(1_000_000, cost).Databases:0} databases (or as many Citus workers with the namespace as distribution key), partitions of a day instead of a month, and a tree of trees: each database signs
          its own checkpoint and a top log signs theirs. Not built; nothing stored today would have to change for it, because a leaf does not know its place.
        - **Storage** grows by {Size(new Need(10_000, cost).StoredBytesPerDay)} a day at 10,000 a second: monthly partitions are detached and archived; the leaves' hashes stay.

        """);

    private static string Row(Need need) => string.Create(CultureInfo.InvariantCulture,
        $"| {need.Rate:N0} | {need.DataPlaneProcessors:0.#}, {need.Replicas:0} | {need.DatabaseProcessors:0.#} | {Size(need.LogBytesPerSecond)}/s | {Size(need.StoredBytesPerDay)} | {need.NetworkBitsPerSecond / 1e6:N0} Mbit/s | {need.SequencerLoad:P0} | {need.Databases:0} | {need.BreaksFirst} |");

    private static string Size(double bytes) => bytes switch
    {
        >= 1e12 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e12:0.#} TB"),
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
    };
}
