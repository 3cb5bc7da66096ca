namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>The bank's transactions as they would happen at this moment: mostly occasional customers, some regulars at their usual shops, now and then
/// a fraud on a regular, whose history makes its explanation worth reading.</summary>
internal sealed class LiveTraffic(SimulatedBank bank, ulong run)
{
    // A few transactions a second are far more than the bank's regulars make: the rest comes from a crowd large enough to take it without hurry.
    private const int CrowdSize = 60_000;
    private const double RegularShare = 0.02;
    private const double CampaignChance = 0.0008;

    // Whoever starts the demo and looks at it sees the first one within a minute.
    private const long FirstCampaign = 20;

    private readonly SimulationRandom _random = SimulationRandom.For(bank.Seed, run, 0x11FE);
    private readonly PriorityQueue<SimulatedTransaction, DateTimeOffset> _planned = new();
    private long _given;

    /// <summary>The next transaction, stamped <paramref name="now"/>.</summary>
    public SimulatedTransaction Next(DateTimeOffset now)
    {
        if (_given == FirstCampaign || _random.Chance(CampaignChance))
        {
            foreach (SimulatedTransaction transaction in FraudCampaigns.Next(_random.Pick(bank.Regulars), now, atOnce: true, _random))
            {
                _planned.Enqueue(transaction, transaction.Timestamp);
            }
        }

        SimulatedTransaction next = _planned.TryPeek(out SimulatedTransaction? due, out DateTimeOffset at) && at <= now ? _planned.Dequeue()
            : _random.Chance(RegularShare) ? _random.Pick(bank.Regulars).Purchase(now, _random)
            : OccasionalCustomers.Next(now, CrowdSize, _random);
        return next with { Timestamp = now, TransactionId = $"live{run}-{_given++:D7}" };
    }
}
