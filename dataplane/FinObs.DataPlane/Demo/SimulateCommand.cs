using System.CommandLine;
using System.IO.Compression;
using FinObs.DataPlane.Demo.Simulation;

namespace FinObs.DataPlane.Demo;

/// <summary><c>simulate --out FILE.csv.gz --rows N --seed S</c>: the transactions of a fictional bank as a file. The same arguments give the same bytes.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var output = new Option<FileInfo>("--out") { Description = "File to write, .csv or .csv.gz.", Required = true };
        var rows = new Option<int>("--rows") { Description = "How many transactions; they cover about 100 days.", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<ulong>("--seed") { Description = "Another seed is another bank.", DefaultValueFactory = _ => Simulator.DefaultSeed };
        var command = new Command("simulate", "Write labelled transactions of a fictional bank to a CSV file.") { output, rows, seed };
        command.SetAction(result => Write(result.GetRequiredValue(output), result.GetValue(rows), result.GetValue(seed)));
        return command;
    }

    private static int Write(FileInfo file, int rows, ulong seed)
    {
        if (rows < 1)
        {
            Console.Error.WriteLine("--rows must be at least 1.");
            return 2;
        }

        using FileStream stream = file.Create();
        using System.IO.Stream target = file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionLevel.SmallestSize) : stream;
        using var writer = new StreamWriter(target);
        SimulatedCsv.Write(writer, Simulator.Generate(seed, rows, Simulator.DefaultStart));
        Console.WriteLine($"{rows:N0} transactions, seed {seed}: {file.FullName}");
        return 0;
    }
}
