using System.Numerics;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>Precedence of semantic versions (semver.org 2.0.0, section 11); build metadata does not count.</summary>
internal sealed class SemanticVersion : IComparer<string>
{
    public static readonly SemanticVersion Precedence = new();

    public int Compare(string? x, string? y)
    {
        (string[] left, string[] leftPre) = Parts(x ?? "");
        (string[] right, string[] rightPre) = Parts(y ?? "");
        int order = Compare(left, right);
        if (order != 0)
        {
            return order;
        }

        // A release goes before its pre-releases.
        return (leftPre.Length, rightPre.Length) switch
        {
            (0, 0) => 0,
            (0, _) => 1,
            (_, 0) => -1,
            _ => Compare(leftPre, rightPre),
        };
    }

    private static (string[] Core, string[] PreRelease) Parts(string version)
    {
        string[] halves = version.Split('+')[0].Split('-', 2);
        return (halves[0].Split('.'), halves.Length == 1 ? [] : halves[1].Split('.'));
    }

    private static int Compare(string[] left, string[] right)
    {
        for (int i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            bool isLeftNumber = BigInteger.TryParse(left[i], out BigInteger leftNumber), isRightNumber = BigInteger.TryParse(right[i], out BigInteger rightNumber);
            int order = (isLeftNumber, isRightNumber) switch
            {
                (true, true) => leftNumber.CompareTo(rightNumber),
                (true, false) => -1,
                (false, true) => 1,
                _ => string.CompareOrdinal(left[i], right[i]),
            };
            if (order != 0)
            {
                return order;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
