using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Decisions;

internal static class ExplanationMethods
{
    public static string OnTheWire(ExplanationMethod method) => method switch
    {
        ExplanationMethod.TreeShapExact => "tree_shap_exact",
        ExplanationMethod.Unavailable => "unavailable",
        _ => "failed",
    };
}
