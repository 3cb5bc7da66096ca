using System.CommandLine;

namespace FinObs.DataPlane.Operations;

/// <summary><c>health</c>: asks a running host whether it is ready, for health checks within an image that has neither a shell nor curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        Option<string> url = new("--url") { Description = "What to ask; anything but 200 is a failure.", DefaultValueFactory = _ => "http://localhost:5080/health/ready" };
        Command command = new("health", "Ask a running host whether it is ready; ends with 0 or 1.") { url };
        command.SetAction((result, cancellationToken) => AskAsync(new Uri(result.GetRequiredValue(url)), cancellationToken));
        return command;
    }

    private static async Task<int> AskAsync(Uri url, CancellationToken cancellationToken)
    {
        using HttpClient client = new() { Timeout = Patience };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(url, cancellationToken);
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer.");
            return 1;
        }
    }
}
