using FinObs.DataPlane;

return await FinObsCommands.RunAsync(args);
