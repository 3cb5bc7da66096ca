using BenchmarkDotNet.Running;
using FinObs.Benchmarks.Core;

BenchmarkSwitcher.FromAssembly(typeof(ForestBenchmarks).Assembly).Run(args);
