using Spectre.Console;

namespace FinObs.DataPlane.Ingestion;

/// <summary>A bar where a person watches; a plain line every tenth where a log does.</summary>
internal static class ConsoleProgress
{
    /// <summary>Runs some work that tells how far it is.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="total">What the work counts to; bytes, rows, whatever it reports.</param>
    /// <param name="work">The work; it calls its argument with what is done so far.</param>
    public static Task RunAsync(string title, long total, Func<Action<long>, Task> work) =>
        AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected
            ? Bar(title, total, work)
            : work(new TenthLines(title, total, Console.Out).Report);

    private static Task Bar(string title, long total, Func<Action<long>, Task> work) =>
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                await work(done => task.Value = done);
                task.Value = task.MaxValue;
            });
}

/// <summary>Writes a line for each tenth that is reached.</summary>
internal sealed class TenthLines(string title, long total, TextWriter output)
{
    private long _written;

    public void Report(long done)
    {
        long tenth = total <= 0 ? 10 : Math.Min(10, done * 10 / total);
        if (tenth > _written)
        {
            _written = tenth;
            output.WriteLine($"{title}: {tenth * 10} %");
        }
    }
}
