using System.CommandLine;

namespace FinObs.Kubectl;

/// <summary>Fetches all that is known of one decision, in the file that the data plane's <c>verify</c> checks without a server.</summary>
internal static class EvidenceCommand
{
    public static Command Create()
    {
        DataPlaneOptions dataPlane = new();
        Argument<string> id = new("transaction") { Description = "Our id of the transaction, or its sender's." };
        Option<FileInfo> output = new("--out", "-o") { Description = "Where to write it.", Required = true };
        Command command = new("evidence", "Fetch the evidence of one decision.") { id, output };
        dataPlane.AddTo(command);
        command.SetAction((result, cancellationToken) => CommandException.ShowAsync(async () =>
        {
            using HttpClient http = dataPlane.Connect(result);
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"v1/transactions/{Uri.EscapeDataString(result.GetRequiredValue(id))}/evidence", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await DataPlaneOptions.RequireAsync(answer, cancellationToken);
            FileInfo to = result.GetRequiredValue(output);
            await using (FileStream file = to.Create()) await answer.Content.CopyToAsync(file, cancellationToken);
            await Console.Out.WriteLineAsync($"{to.FullName}: check it with FinObs.DataPlane verify {to.Name} --key KEY");
        }));
        return command;
    }
}
