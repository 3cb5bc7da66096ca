using FinObs.Scoring.Training;
using Spectre.Console;

namespace FinObs.Retraining;

/// <summary>Shows a training as a share of a task.</summary>
internal sealed class TaskProgress(ProgressTask task, double share) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => task.Value = value.Fraction * share * task.MaxValue;
}
