using System.Globalization;
using FinObs.DataPlane.Demo.Simulation;

namespace FinObs.DataPlane.Demo;

/// <summary>The history of a demo: the last <paramref name="Count"/> transactions of a simulated bank before it was first started. Its two numbers are in
/// every id, so that a later start can take up an interrupted load exactly where it stopped.</summary>
/// <param name="End">When the demo was first started: whole seconds.</param>
/// <param name="Count">How many transactions there are.</param>
internal sealed record DemoHistory(DateTimeOffset End, int Count)
{
    /// <summary>The source of its transactions; the live feed has another.</summary>
    public const string Source = "demo";

    // A simulation of N transactions has N of them after 105 days at the most; the rest is reserve.
    private const int Days = 125;

    /// <summary>A history that ends now.</summary>
    public static DemoHistory EndingAt(DateTimeOffset now, int count) => new(DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()), count);

    /// <summary>The history that an id belongs to; <see langword="null"/> where it belongs to none.</summary>
    public static DemoHistory? OfId(string? transactionId) =>
        transactionId?.Split('-') is ["demo", var end, var count, _]
        && long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int transactions)
            ? new DemoHistory(DateTimeOffset.FromUnixTimeSeconds(seconds), transactions)
            : null;

    /// <summary>The bank whose history it is.</summary>
    public SimulatedBank Bank => new(Simulator.DefaultSeed, Count);

    /// <summary>All of it, in time order; the same at every call.</summary>
    public IReadOnlyList<SimulatedTransaction> Transactions()
    {
        var midnight = new DateTimeOffset(End.UtcDateTime.Date, TimeSpan.Zero);
        SimulatedTransaction[] past = [.. Simulator.Generate(Bank, midnight.AddDays(-Days)).TakeWhile(t => t.Timestamp <= End)];
        return [.. past.TakeLast(Count).Select((t, i) => t with { TransactionId = $"demo-{End.ToUnixTimeSeconds()}-{Count}-{i:D7}" })];
    }
}
