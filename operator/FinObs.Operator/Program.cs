using FinObs.Operator;

return await OperatorCommands.RunAsync(args);
