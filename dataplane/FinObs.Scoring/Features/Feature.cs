using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features;

/// <summary>One entry of the catalogue. A change of its numbers is a new version under a new name; the old one stays for the models that read it.</summary>
public abstract class Feature
{
    private protected Feature()
    {
    }

    /// <summary>Name with version, <c>amount_z_account@1</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Reason code for programs, <c>AMOUNT_VS_ACCOUNT</c>; stays across versions.</summary>
    public abstract string ReasonCode { get; }

    /// <summary>What it measures, formula and unit, in one sentence for people.</summary>
    public abstract string Meaning { get; }

    /// <summary>The value; finite whatever the input.</summary>
    internal abstract double Value(in FeatureContext context);

    /// <summary>Why it raised a score, in a sentence with the account's own figures.</summary>
    internal abstract string Say(in ReasonContext context);
}
