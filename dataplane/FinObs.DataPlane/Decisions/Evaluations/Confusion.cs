using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions.Feedback;

namespace FinObs.DataPlane.Decisions.Evaluations;

/// <summary>Counts of what was predicted against what would have been right, three decisions each.</summary>
internal sealed class Confusion
{
    private static readonly Decision[] Decisions = [Decision.Approve, Decision.Review, Decision.Block];
    private readonly long[] _cells = new long[9];

    public long Total => _cells.Sum();

    /// <summary>As a test that says "fraud" by Review or Block.</summary>
    public TwoByTwo Flagged => new(_cells[4] + _cells[5] + _cells[7] + _cells[8], _cells[3] + _cells[6], _cells[1] + _cells[2], _cells[0]);

    public static Confusion Of(IEnumerable<(Decision Predicted, Decision Actual)> pairs)
    {
        Confusion confusion = new();
        foreach ((Decision predicted, Decision actual) in pairs)
        {
            confusion._cells[(Array.IndexOf(Decisions, predicted) * 3) + Array.IndexOf(Decisions, actual)]++;
        }

        return confusion;
    }

    /// <summary>The reverse of <see cref="ToString"/>.</summary>
    public static Confusion Parse(string text)
    {
        Confusion confusion = new();
        string[] parts = text.Split(',');
        for (int i = 0; i < confusion._cells.Length; i++)
        {
            confusion._cells[i] = long.Parse(parts[i], CultureInfo.InvariantCulture);
        }

        return confusion;
    }

    /// <summary>By the names on the wire: predicted, then actual.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> ByName() =>
        Enumerable.Range(0, 3).ToDictionary(
            row => Decisions[row].OnTheWire(),
            row => (IReadOnlyDictionary<string, long>)Enumerable.Range(0, 3).ToDictionary(column => Decisions[column].OnTheWire(), column => _cells[(row * 3) + column]));

    /// <summary>Nine whole numbers, a row for each prediction.</summary>
    public override string ToString() => string.Join(',', _cells.Select(count => count.ToString(CultureInfo.InvariantCulture)));
}
