using System.Globalization;
using System.Text;

namespace FinObs.Load.Requests;

/// <summary>
/// Transactions as JSON: accounts by Zipf's law (few have many), amounts log-normal about each account's own level, now and then one far above it. The n-th of a seed is always the same but for its time.
/// </summary>
internal sealed class Transactions(int seed, int accounts, string run)
{
    private const double Exponent = 1.05;
    private const double Rare = 0.003;
    private static readonly string[] Types = ["card", "wire", "ach", "atm"];

    public string One(long number, DateTimeOffset now)
    {
        StringBuilder json = new(256);
        Write(json, number, now);
        return json.ToString();
    }

    public string Many(long first, int count, DateTimeOffset now)
    {
        StringBuilder json = new(count * 220);
        json.Append('[');
        for (int i = 0; i < count; i++)
        {
            Write(i == 0 ? json : json.Append(','), first + i, now);
        }

        return json.Append(']').ToString();
    }

    private void Write(StringBuilder json, long number, DateTimeOffset now)
    {
        Random random = new(HashCode.Combine(seed, number));
        int account = Zipf(random);
        double level = 20 * Math.Exp(new Random(account).NextDouble() * 4);
        double amount = level * Math.Exp(0.6 * Normal(random)) * (random.NextDouble() < Rare ? 40 : 1);
        json.Append(
            CultureInfo.InvariantCulture,
            $$"""{"transaction_id":"{{run}}-{{number}}","account":"load-{{account}}","counterparty":"shop-{{random.Next(2000)}}","type":"{{Types[account % Types.Length]}}","amount":"{{Math.Max(0.01, amount):0.00}}","currency":"USD","timestamp":"{{now.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}}"}""");
    }

    /// <summary>By inverting the continuous law: near enough to Zipf's, and without a table.</summary>
    private int Zipf(Random random)
    {
        double power = 1 - Exponent;
        return Math.Min(accounts, (int)Math.Pow((random.NextDouble() * (Math.Pow(accounts + 1, power) - 1)) + 1, 1 / power));
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
