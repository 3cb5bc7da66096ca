namespace FinObs.Scoring.Tests.Drift.Simulation;

/// <summary>What is changed from a moment on.</summary>
internal sealed record TrafficShift(string Name)
{
    public static readonly TrafficShift None = new("nothing changes");

    /// <summary>Added to the Gaussian feature, in its standard deviations.</summary>
    public double Sigmas { get; init; }

    public double AmountFactor { get; init; } = 1;

    /// <summary>Share of rows whose amount lies beyond the greatest of the reference.</summary>
    public double Beyond { get; init; }

    /// <summary>Share of rows of a type that was not there before.</summary>
    public double NewType { get; init; }

    /// <summary>Share of rows without the Gaussian feature.</summary>
    public double Missing { get; init; }

    public static IReadOnlyList<TrafficShift> All =>
    [
        None,
        .. new[] { 0.1, 0.25, 0.5, 1 }.Select(sigmas => new TrafficShift($"shift of {sigmas} sigma") { Sigmas = sigmas }),
        .. new[] { 1.2, 2, 3 }.Select(factor => new TrafficShift($"amount x {factor}") { AmountFactor = factor }),
        new TrafficShift("half of the amounts out of range") { Beyond = 0.5 },
        new TrafficShift("a new type, 5 %") { NewType = 0.05 },
        new TrafficShift("a field missing in 10 %") { Missing = 0.1 },
    ];
}

/// <summary>Traffic with a cycle of the day and of the week, and heavy-tailed amounts. A row: amount, deviation, velocity, type, hour, day of week.</summary>
/// <param name="seed">The same gives the same rows.</param>
/// <param name="rowsPerHour">On average.</param>
/// <param name="weekend">How much lower the velocity is at weekends, in its standard deviations within one hour.</param>
internal sealed class SimulatedTraffic(int seed, double rowsPerHour = SimulatedTraffic.RowsPerHour, double weekend = SimulatedTraffic.Weekend)
{
    public const int Features = 6;
    public const int Calendar = 4;
    public const double RowsPerHour = 150;
    public const double Weekend = 0.1;
    private const double FarAway = 1e8;

    private readonly Random _chance = new(seed);

    /// <summary>The rows of one hour; hour 0 is the first of a Monday.</summary>
    public List<double[]> Hour(int hour, TrafficShift shift)
    {
        int ofDay = hour % 24, day = hour / 24 % 7;
        double cycle = 1 + (0.8 * Math.Sin(2 * Math.PI * (ofDay - 8) / 24));
        List<double[]> rows = [];
        double expected = rowsPerHour * cycle * (day >= 5 ? 0.6 : 1.16);
        for (int left = (int)Math.Round(expected + (Math.Sqrt(expected) * Normal())); left > 0; left--)
        {
            rows.Add(Row(ofDay, day, cycle, shift));
        }

        return rows;
    }

    private double[] Row(int ofDay, int day, double cycle, TrafficShift shift)
    {
        double amount = Math.Exp(6 + (1.5 * Normal())) * shift.AmountFactor;
        double deviation = Normal() + shift.Sigmas;
        double velocity = Math.Exp((0.3 * cycle) + (0.5 * Normal()) - (day >= 5 ? 0.5 * weekend : 0));
        double type = Math.Floor(Math.Pow(_chance.NextDouble(), 2) * 5);
        return
        [
            _chance.NextDouble() < shift.Beyond ? FarAway + amount : amount,
            _chance.NextDouble() < shift.Missing ? double.NaN : deviation,
            velocity,
            _chance.NextDouble() < shift.NewType ? 9 : type,
            ofDay,
            day,
        ];
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _chance.NextDouble())) * Math.Cos(2 * Math.PI * _chance.NextDouble());
}
