namespace FinObs.Scoring.Tests.Drift.Simulation;

/// <summary>The figures of docs/drift.md, smaller: what would make them untrue fails here.</summary>
public sealed class DriftSimulationTests
{
    private const int Runs = 4;

    [Fact]
    public void Stationary_traffic_with_its_cycles_raises_no_alarm()
    {
        double[] alarms = DriftSimulation.FalseAlarms(Runs);
        Assert.True(alarms[DriftSimulation.Default] == 0, $"{alarms[DriftSimulation.Default]} false alarms in 30 days");
        Assert.True(alarms[DriftSimulation.Seed] > 10, $"the seed's rule: {alarms[DriftSimulation.Seed]}");
    }

    [Fact]
    public void Busy_traffic_whose_weekends_are_others_raises_none_in_windows_of_a_day()
    {
        double[] alarms = DriftSimulation.FalseAlarmsOfWindows(1, weekend: 0.5);
        Assert.True(alarms[0] == 0, $"{alarms[0]} false alarms in 30 days");
    }

    [Theory]
    [InlineData("shift of 1 sigma", 24)]
    [InlineData("amount x 3", 24)]
    [InlineData("half of the amounts out of range", 24)]
    [InlineData("a new type, 5 %", 24)]
    [InlineData("a field missing in 10 %", 24)]
    public void A_shift_that_matters_is_always_found_within_a_day(string name, double hours)
    {
        Power power = DriftSimulation.PowerOf(TrafficShift.All.Single(shift => shift.Name == name), Runs)[DriftSimulation.Default];
        Assert.Equal(1, power.Detected);
        Assert.InRange(power.DelayHours, 1, hours);
    }
}
