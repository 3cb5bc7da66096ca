using System.Runtime.InteropServices;

namespace FinObs.DataPlane.Transactions;

/// <summary>Where review and block begin, as calibrated scores.</summary>
/// <param name="ReviewAt">0.99 = 1 % of the reference window is reviewed or blocked.</param>
/// <param name="BlockAt">0.999 = 0.1 % of it is blocked.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DecisionThresholds(double ReviewAt, double BlockAt)
{
    /// <summary>What holds where a model version says nothing else.</summary>
    public static readonly DecisionThresholds Default = new(0.99, 0.999);
}
