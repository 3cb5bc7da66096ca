using System.CommandLine;
using FinObs.Kubectl;

RootCommand root = new("FinObs on Kubernetes: where each model is and what it waits for, and the verbs of its rollout.") { StatusCommand.Create(), RetrainCommand.Create(), EvidenceCommand.Create(), VerifyCommand.Create(), ReportCommand.Create() };
foreach (Command verb in RolloutCommands.All()) root.Add(verb);
return await root.Parse(args).InvokeAsync();
