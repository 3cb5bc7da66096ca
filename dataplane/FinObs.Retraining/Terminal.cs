using FinObs.Retraining.Registration;
using FinObs.Scoring.Artifacts;
using Spectre.Console;

namespace FinObs.Retraining;

/// <summary>Progress and errors go to standard error, results to standard output: a pipe gets results only.</summary>
internal static class Terminal
{
    public static IAnsiConsole Messages { get; } = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Runs a command with a progress display; turns what users can mend into a message and an exit code.</summary>
    public static int Run(Action<ProgressContext> work)
    {
        try
        {
            Messages.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(work);
            return ExitCodes.Done;
        }
        catch (Exception e) when (IsForPeople(e))
        {
            return Fail(e);
        }
    }

    /// <summary>The same for work that waits for others and shows no progress.</summary>
    public static async Task<int> RunAsync(Func<Task> work)
    {
        try
        {
            await work();
            return ExitCodes.Done;
        }
        catch (Exception e) when (IsForPeople(e))
        {
            return Fail(e);
        }
    }

    private static bool IsForPeople(Exception e) => e is OperationCanceledException or RegistrationException
        or InputException or FormatException or IOException or UnauthorizedAccessException or ArtifactException or ArgumentException or TimeZoneNotFoundException;

    private static int Fail(Exception e) => e switch
    {
        OperationCanceledException => Fail("Stopped.", ExitCodes.Cancelled),
        RegistrationException => Fail(e.Message, ExitCodes.NotRegistered),
        _ => Fail(e.Message, ExitCodes.BadInput),
    };

    private static int Fail(string message, int code)
    {
        Messages.MarkupLineInterpolated($"[red]error:[/] {message}");
        return code;
    }
}
