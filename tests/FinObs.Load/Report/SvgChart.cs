using System.Globalization;
using System.Text;

namespace FinObs.Load.Report;

/// <summary>One line of a chart.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Colour">A variable of the page's style.</param>
/// <param name="Points">In the units of the axes; what is not finite is left out, and on a logarithmic axis what is not positive.</param>
internal sealed record ChartLine(string Name, string Colour, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Lines over a linear horizontal axis, as an SVG that scales with the page and takes its colours.</summary>
internal sealed record SvgChart(string Title, string Horizontal, Func<double, string> SayX, Func<double, string> SayY)
{
    private static readonly double[] RoundFigures = [1, 2, 4, 8, 10];
    private const double Width = 860;
    private const double Height = 260;
    private const double Left = 78;
    private const double Right = 14;
    private const double Top = 16;
    private const double Bottom = 40;

    public bool IsLogarithmic { get; init; }

    /// <summary>Where the horizontal axis has its marks; null = evenly.</summary>
    public IReadOnlyList<double>? MarksX { get; init; }

    public string Draw(params IReadOnlyList<ChartLine> lines)
    {
        List<(double X, double Y)> all = [.. lines.SelectMany(line => line.Points).Where(IsDrawn)];
        if (all.Count == 0)
        {
            return $"<figure><figcaption>{Title}</figcaption><p>Nothing to show.</p></figure>";
        }

        double leastX = Math.Min(0, all.Min(point => point.X)), mostX = Math.Max(all.Max(point => point.X), leastX + 1);
        double leastY = IsLogarithmic ? Math.Pow(10, Math.Floor(Math.Log10(all.Min(point => point.Y)))) : 0;
        double mostY = IsLogarithmic ? Math.Pow(10, Math.Ceiling(Math.Log10(all.Max(point => point.Y)) + 1e-9)) : Rounded(all.Max(point => point.Y));
        double AtX(double x) => Left + ((x - leastX) / (mostX - leastX) * (Width - Left - Right));
        double AtY(double y) => Height - Bottom - (Share(y, leastY, mostY) * (Height - Top - Bottom));

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Title}</figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Title}\">");
        foreach (double y in MarksY(leastY, mostY))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{AtY(y):0.#}\" y2=\"{AtY(y):0.#}\"/><text x=\"{Left - 8}\" y=\"{AtY(y) + 4:0.#}\" text-anchor=\"end\">{SayY(y)}</text>");
        }

        foreach (double x in MarksX ?? [.. Enumerable.Range(0, 7).Select(i => leastX + ((mostX - leastX) * i / 6))])
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{AtX(x):0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{SayX(x)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">{Horizontal}</text>");
        foreach (ChartLine line in lines)
        {
            string points = string.Join(' ', line.Points.Where(IsDrawn).Select(point => string.Create(CultureInfo.InvariantCulture, $"{AtX(point.X):0.#},{AtY(point.Y):0.#}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" style=\"stroke:var(--{line.Colour})\"/>");
        }

        svg.Append("</svg><p class=\"legend\">");
        foreach (ChartLine line in lines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<span style=\"--c:var(--{line.Colour})\">{line.Name}</span>");
        }

        return svg.Append("</p></figure>").ToString();
    }

    private bool IsDrawn((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y) && (!IsLogarithmic || point.Y > 0);

    private double Share(double y, double least, double most) =>
        IsLogarithmic ? (Math.Log10(y) - Math.Log10(least)) / (Math.Log10(most) - Math.Log10(least)) : (y - least) / (most - least);

    private IEnumerable<double> MarksY(double least, double most)
    {
        if (!IsLogarithmic)
        {
            return Enumerable.Range(0, 5).Select(i => most * i / 4);
        }

        int decades = (int)Math.Round(Math.Log10(most / least));
        return Enumerable.Range(0, decades + 1).Select(i => least * Math.Pow(10, i));
    }

    /// <summary>The next number with one or two figures whose quarters are as short.</summary>
    private static double Rounded(double most)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(most, 1e-9))));
        return RoundFigures.Select(times => times * unit).First(candidate => candidate >= most * 0.999);
    }
}
