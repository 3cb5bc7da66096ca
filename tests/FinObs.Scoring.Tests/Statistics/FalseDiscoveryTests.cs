using FinObs.Scoring.Statistics;

namespace FinObs.Scoring.Tests.Statistics;

public sealed class FalseDiscoveryTests
{
    /// <summary>The fifteen p-values of Benjamini and Hochberg's own example (1995, section 3.2): four are rejected at 5 %, three by Bonferroni.</summary>
    private static readonly double[] Published =
        [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000];

    [Fact]
    public void The_published_example_rejects_four_and_Bonferroni_three()
    {
        Assert.Equal(4, FalseDiscovery.BenjaminiHochberg(Published).Count(q => q <= 0.05));
        Assert.Equal(3, FalseDiscovery.Bonferroni(Published).Count(q => q <= 0.05));
    }

    [Fact]
    public void Answers_stand_in_the_order_of_the_questions_and_never_above_one()
    {
        double[] q = FalseDiscovery.BenjaminiHochberg([0.9, 0.01, 0.5]);
        Assert.Equal([0.9, 0.03, 0.75], q.Select(value => Math.Round(value, 12)));
    }
}
