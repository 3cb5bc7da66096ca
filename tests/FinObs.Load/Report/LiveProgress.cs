using System.Globalization;
using FinObs.Load.Running;

namespace FinObs.Load.Report;

/// <summary>A line a second while a run goes on: of the second before the last, whose answers have mostly come.</summary>
internal sealed class LiveProgress : IDisposable
{
    private const int Behind = 2;
    private readonly TextWriter _output;
    private readonly LoadRun _run;
    private readonly Timer _timer;
    private int _next;

    public LiveProgress(TextWriter output, LoadRun run)
    {
        (_output, _run) = (output, run);
        _timer = new Timer(_ => Write(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Nothing more is written.</summary>
    public void End() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void Write()
    {
        for (; _next <= (int)_run.Elapsed.TotalSeconds - Behind && _run.At(_next) is { } second; _next++)
        {
            _output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_next,5} s {PhaseAt(_next),-12} due {second.Due,7:#,0}/s  answered {second.Answered,7:#,0}/s  errors {second.Errors,5:#,0}  p50 {Figures.Time(second.P50),9}  p99 {Figures.Time(second.P99),9}  on their way {_run.InFlight:#,0}"));
        }
    }

    private string PhaseAt(int second)
    {
        TimeSpan end = TimeSpan.Zero;
        return _run.Scenario.Phases.FirstOrDefault(phase => (end += phase.Duration).TotalSeconds > second)?.Name ?? "after";
    }
}
