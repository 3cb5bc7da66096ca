namespace FinObs.Scoring.Explanation;

/// <summary>Gauss-Legendre quadrature on [0, 1]: n points integrate every polynomial up to degree 2n - 1 exactly.</summary>
internal static class GaussLegendre
{
    /// <summary>Points in (0, 1), and weights that sum to 1; n ≥ 1.</summary>
    public static (double[] Points, double[] Weights) OfPoints(int n)
    {
        var points = new double[n];
        var weights = new double[n];
        for (int i = 0; i < n; i++)
        {
            // Newton's method on the Legendre polynomial from Tricomi's estimate; it converges in a few steps for every n.
            double x = Math.Cos(Math.PI * (i + 0.75) / (n + 0.5));
            double slope = 0;
            for (int step = 0; step < 100; step++)
            {
                (double value, slope) = Legendre(n, x);
                double move = value / slope;
                x -= move;
                if (Math.Abs(move) < 1e-16)
                {
                    break;
                }
            }

            points[i] = (1 + x) / 2;
            weights[i] = 1 / ((1 - (x * x)) * slope * slope);
        }

        return (points, weights);
    }

    private static (double Value, double Slope) Legendre(int n, double x)
    {
        double previous = 1, value = x;
        for (int k = 2; k <= n; k++)
        {
            (previous, value) = (value, (((2 * k) - 1) * x * value - ((k - 1) * previous)) / k);
        }

        return (value, n * ((x * value) - previous) / ((x * x) - 1));
    }
}
