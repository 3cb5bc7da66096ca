using System.CommandLine;
using BenchmarkDotNet.Running;
using FinObs.Benchmarks.Core;
using FinObs.Benchmarks.Faults;
using FinObs.Benchmarks.Growth;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Soak;

RootCommand programs = new("Programs that load the built data plane; anything else goes to BenchmarkDotNet.") { LoadCommand.Create(), GrowthCommand.Create(), SoakProgram.CreateCommand(), FaultCommand.Create() };
if (args.Length > 0 && programs.Subcommands.Any(command => command.Name == args[0]))
{
    return await programs.Parse(args).InvokeAsync();
}

BenchmarkSwitcher.FromAssembly(typeof(ForestBenchmarks).Assembly).Run(args);
return 0;
