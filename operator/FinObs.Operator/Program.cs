using FinObs.Operator;

return await OperatorHost.RunAsync(args);
