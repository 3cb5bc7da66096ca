using System.CommandLine;
using BenchmarkDotNet.Running;
using FinObs.Benchmarks.Audit;
using FinObs.Benchmarks.Callbacks;
using FinObs.Benchmarks.Core;
using FinObs.Benchmarks.Drift;
using FinObs.Benchmarks.Faults;
using FinObs.Benchmarks.Growth;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Mcp;
using FinObs.Benchmarks.Pulls;
using FinObs.Benchmarks.Report;
using FinObs.Benchmarks.Retraining;
using FinObs.Benchmarks.Scale;
using FinObs.Benchmarks.Soak;
using FinObs.Benchmarks.Streaming;

Command core = new("core", "Measure scoring, explaining, training, profiles and drift checks, beside scikit-learn and scipy where they are installed.");
core.SetAction(_ => Console.WriteLine(CoreTable.Write([.. CoreMeasurements.Run(), .. DriftMeasurements.Run()])));
RootCommand programs = new("Programs that measure; anything else goes to BenchmarkDotNet.")
{
    core,
    LoadCommand.Create(),
    GrowthCommand.Create(),
    SoakProgram.CreateCommand(),
    FaultCommand.Create(),
    PullCommand.Create(),
    ReportCommand.Create(),
    ScaleCommand.Create(),
    CallbackCommand.Create(),
    ToldCommand.Create(),
    StreamCommand.Create(),
    AuditGrowthCommand.Create(),
    DriftSimulationCommand.Create(),
    McpCommand.Create(),
    RetrainCommand.Create(),
};
if (args.Length > 0 && programs.Subcommands.Any(command => command.Name == args[0]))
{
    return await programs.Parse(args).InvokeAsync();
}

BenchmarkSwitcher.FromAssembly(typeof(ForestBenchmarks).Assembly).Run(args);
return 0;
