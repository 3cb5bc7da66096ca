namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>Ten seconds of this process. Used within its owner's lock.</summary>
internal sealed class HostSlot
{
    private readonly Dictionary<string, Spread> _steps = new(StringComparer.Ordinal);

    public long Number { get; private set; } = -1;

    public Spread Chunks { get; } = new();

    public long Decided { get; set; }

    public long Requests { get; set; }

    public long Failed { get; set; }

    public double? Cpu { get; set; }

    public double? Paused { get; set; }

    public long? WorkingSet { get; set; }

    public long? Heap { get; set; }

    /// <summary>The place of one that was half an hour ago.</summary>
    public void BeginAs(long number)
    {
        if (Number == number)
        {
            return;
        }

        Number = number;
        Chunks.Clear();
        foreach (Spread step in _steps.Values)
        {
            step.Clear();
        }

        (Decided, Requests, Failed, Cpu, Paused, WorkingSet, Heap) = (0, 0, 0, null, null, null, null);
    }

    public void StepTook(string step, double seconds)
    {
        if (!_steps.TryGetValue(step, out Spread? spread))
        {
            _steps[step] = spread = new Spread();
        }

        spread.Add(seconds);
    }

    public void AddStepsTo(Dictionary<string, Spread> steps)
    {
        foreach ((string name, Spread spread) in _steps)
        {
            if (!steps.TryGetValue(name, out Spread? all))
            {
                steps[name] = all = new Spread();
            }

            all.Add(spread);
        }
    }

    public HostPoint Point(long number) => new(
        HostPoint.TimeOf(number), Decided / HostFigures.Step.TotalSeconds, 1000 * Chunks.Quantile(0.5), 1000 * Chunks.Quantile(0.99), Requests / HostFigures.Step.TotalSeconds, Failed, Cpu, Paused, WorkingSet, Heap);
}
