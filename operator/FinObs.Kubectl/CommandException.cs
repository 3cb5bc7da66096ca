using k8s.Autorest;
using k8s.Exceptions;

namespace FinObs.Kubectl;

/// <summary>What whoever types can mend: shown as one sentence.</summary>
internal sealed class CommandException(string message) : Exception(message)
{
    /// <summary>0, or 1 with a sentence on standard error.</summary>
    public static async Task<int> ShowAsync(Func<Task> work)
    {
        try
        {
            await work();
            return 0;
        }
        catch (Exception e) when (e is CommandException or HttpOperationException or HttpRequestException or KubeConfigException or IOException)
        {
            await Console.Error.WriteLineAsync($"error: {Sentence(e)}");
            return 1;
        }
    }

    private static string Sentence(Exception e) => e is HttpOperationException { Response: { } response } ? $"the API server answered {(int)response.StatusCode}: {response.Content}" : e.Message;
}
