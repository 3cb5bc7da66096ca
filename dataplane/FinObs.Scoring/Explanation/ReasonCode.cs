namespace FinObs.Scoring.Explanation;

/// <summary>Why a score is high, for a person.</summary>
/// <param name="Code">For programs, <c>AMOUNT_VS_ACCOUNT</c>.</param>
/// <param name="Feature">Catalogue name of the feature behind it.</param>
/// <param name="Text">A sentence with the account's own figures.</param>
/// <param name="Contribution">How much it raised the margin.</param>
public sealed record ReasonCode(string Code, string Feature, string Text, double Contribution);
