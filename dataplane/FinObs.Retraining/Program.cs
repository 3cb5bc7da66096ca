using System.CommandLine;
using FinObs.Retraining.Evaluation;
using FinObs.Retraining.Runs;
using FinObs.Retraining.Scoring;
using FinObs.Retraining.Training;

var root = new RootCommand("Trains, evaluates and runs FinObs models on files of transactions.")
{
    EvaluateCommand.Create(),
    TrainCommand.Create(),
    RunCommand.Create(),
    ScoreCommand.Create(),
};

return root.Parse(args).Invoke();
