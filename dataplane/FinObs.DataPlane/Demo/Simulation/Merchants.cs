namespace FinObs.DataPlane.Demo.Simulation;

/// <summary>A shop of the simulated town.</summary>
/// <param name="Id">Its name as a word.</param>
/// <param name="MedianUsd">What a purchase there usually costs.</param>
/// <param name="Spread">Sigma of the logarithm.</param>
internal sealed record Merchant(string Id, double MedianUsd, double Spread);

/// <summary>The shops, employers and landlords. Invented names: none is meant to be a firm that exists.</summary>
internal static class Merchants
{
    private static readonly string[] Places =
    [
        "alderbrook", "bluefinch", "copperleaf", "driftmoor", "elmgate", "foxhollow", "greywater", "hazelwick", "ironquay", "junipermere",
        "kestrelton", "larkspur-row", "mossbank", "northvale", "oakhaven", "pinecrest-end", "quillford", "rookery", "saltmarsh", "thornbury-lane",
    ];

    private static readonly (string Name, double MedianUsd, double Spread)[] Trades =
    [
        ("grocers", 42, 0.55), ("bakery", 7, 0.4), ("cafe", 6, 0.4), ("pharmacy", 19, 0.6), ("fuel", 48, 0.3), ("books", 23, 0.5), ("bistro", 38, 0.5),
        ("cinema", 17, 0.35), ("clothing", 64, 0.6), ("hardware", 35, 0.8), ("transit", 3, 0.3), ("fitness", 39, 0.1), ("electronics", 140, 0.9), ("travel", 260, 0.8),
    ];

    /// <summary>Every trade in every place.</summary>
    public static readonly IReadOnlyList<Merchant> All =
        [.. Places.SelectMany(place => Trades.Select(trade => new Merchant($"{place}-{trade.Name}", trade.MedianUsd, trade.Spread)))];

    public static string Employer(SimulationRandom random) => $"{random.Pick(Places)}-works-payroll";

    public static string Landlord(SimulationRandom random) => $"{random.Pick(Places)}-homes";

    public static string Utility(SimulationRandom random) => $"{random.Pick(Places)}-power-and-water";

    public static string Exchange(SimulationRandom random) => $"{random.Pick(Places)}-coin-exchange";

    public static string Supplier(SimulationRandom random) => $"{random.Pick(Places)}-trading-house";
}
