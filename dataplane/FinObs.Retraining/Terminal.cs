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
        catch (OperationCanceledException)
        {
            return Fail("Stopped.", ExitCodes.Cancelled);
        }
        catch (Exception e) when (e is InputException or FormatException or IOException or UnauthorizedAccessException or ArtifactException or ArgumentException or TimeZoneNotFoundException)
        {
            return Fail(e.Message, ExitCodes.BadInput);
        }
    }

    private static int Fail(string message, int code)
    {
        Messages.MarkupLineInterpolated($"[red]error:[/] {message}");
        return code;
    }
}
