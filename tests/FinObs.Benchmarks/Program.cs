using BenchmarkDotNet.Running;
using FinObs.Benchmarks.Core;

if (args is ["core"])
{
    Console.WriteLine(CoreTable.Write(CoreMeasurements.Run()));
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(ForestBenchmarks).Assembly).Run(args);
