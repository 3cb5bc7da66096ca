namespace FinObs.Scoring.Explanation;

/// <summary>One way to compute the same SHAP values. Thread-safe; explaining allocates nothing.</summary>
internal interface IShapForm
{
    /// <summary>SHAP values of N rows: F for each, in units of the trees' sum. A row's values do not depend on the rows beside it.</summary>
    /// <param name="rows">N × F finite features, row-major.</param>
    /// <param name="contributions">N × F values.</param>
    void Explain(ReadOnlySpan<float> rows, Span<double> contributions);
}
