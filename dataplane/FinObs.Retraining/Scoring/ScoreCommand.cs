using System.CommandLine;

namespace FinObs.Retraining.Scoring;

/// <summary><c>score</c>: an artifact and a file of transactions in, a CSV of scores, decisions and reasons out.</summary>
internal static class ScoreCommand
{
    public static Command Create()
    {
        var artifact = new Option<string>("--artifact") { Description = "Folder or zip of a model.", Required = true };
        Option<string> data = CommonOptions.Data();
        var output = new Option<string>("--out") { Description = "CSV to write: transaction_id, margin, score, decision, reasons; in time order.", Required = true };
        Option<string?> rates = CommonOptions.Rates();
        var command = new Command("score", "Scores a file of transactions with a model; accounts start without history and build it up on the way.") { artifact, data, output, rates };
        command.SetAction((result, cancellationToken) => Task.FromResult(Terminal.Run(progress => ScoreRun.Run(
            new ScoreRequest(result.GetRequiredValue(artifact), result.GetRequiredValue(data), result.GetRequiredValue(output), result.GetValue(rates)), progress, cancellationToken))));
        return command;
    }
}
