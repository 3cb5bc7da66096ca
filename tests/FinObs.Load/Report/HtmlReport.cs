using System.Globalization;
using System.Net;
using System.Text;
using FinObs.Benchmarks.Load;
using FinObs.Load.Running;

namespace FinObs.Load.Report;

/// <summary>A result as one page with pictures; it loads nothing from anywhere.</summary>
internal static class HtmlReport
{
    private const string Style =
        """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1d2430;--dim:#5b6675;--grid:#dfe4ea;--a:#2a5bd7;--b:#0f8a5f;--c1:#c2410c;--bad:#b42318}
        @media (prefers-color-scheme:dark){:root{--bg:#12161c;--fg:#e6eaf0;--dim:#98a4b3;--grid:#2a323d;--a:#7aa2ff;--b:#4cc38a;--c1:#ffa057;--bad:#ff8b7e}}
        body{font:15px/1.5 system-ui,sans-serif;background:var(--bg);color:var(--fg);max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.4rem;margin:0}p{margin:.4rem 0}.dim{color:var(--dim)}.bad{color:var(--bad)}
        table{border-collapse:collapse;width:100%;margin:1rem 0;font-variant-numeric:tabular-nums}
        th,td{padding:.35rem .6rem;text-align:right;border-bottom:1px solid var(--grid)}th:first-child,td:first-child{text-align:left}th{color:var(--dim);font-weight:500}
        figure{margin:1.6rem 0}figcaption{font-weight:600;margin-bottom:.3rem}svg{width:100%;height:auto;display:block}
        svg text{fill:var(--dim);font-size:12px}.grid{stroke:var(--grid)}polyline{fill:none;stroke-width:1.8}
        .legend span{color:var(--dim);margin-right:1.2rem}.legend span::before{content:"";display:inline-block;width:1rem;height:3px;background:var(--c);vertical-align:middle;margin-right:.4rem}
        .scroll{overflow-x:auto}
        """;

    private static readonly double[] Nines = [0, 0.5, 0.9, 0.99, 0.999, 0.9999];
    private static readonly string[] Colours = ["a", "b", "c1"];

    public static string Of(LoadResult result)
    {
        StringBuilder page = new();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Text(result.Scenario.Name)}</title><style>{Style}</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Text(result.Scenario.Name)}</h1><p class=\"dim\">{result.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {Text(result.Scenario.Target.ToString())}. {Text(ResultTable.Phases(result))}.</p>");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"dim\">Open model: each request was sent when it was due, and its time counts from then. Requests left this program at most {Figures.Time(result.LateStart)} late (p99).</p>");
        foreach (string unmet in result.Unmet)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"bad\">Not as expected: {Text(unmet)}</p>");
        }

        Table(page, result);
        page.Append(Rates(result)).Append(Times(result)).Append(Distribution(result));
        Causes(page, result);
        return page.Append("</body></html>\n").ToString();
    }

    private static void Table(StringBuilder page, LoadResult result)
    {
        page.Append("<div class=\"scroll\"><table><thead><tr><th>request</th><th>due</th><th>answered well</th><th>errors</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th><th>longest</th></tr></thead><tbody>");
        for (int i = 0; i < result.Requests.Count; i++)
        {
            Tally tally = result.Requests[i];
            LatencyHistogram times = tally.Latencies;
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(result.Scenario.Mix[i].Name)}</td><td>{Figures.Count(tally.Due)}</td><td>{Figures.Count(tally.Due - tally.Errors)}</td><td>{Figures.Percent(tally.ErrorShare)}</td>");
            foreach (double quantile in (double[])[0.5, 0.9, 0.99, 0.999, 1])
            {
                page.Append(CultureInfo.InvariantCulture, $"<td>{Figures.Time(times.Percentile(quantile))}</td>");
            }

            page.Append("</tr>");
        }

        page.Append("</tbody></table></div>");
    }

    private static string Rates(LoadResult result) => new SvgChart("Requests a second", "seconds", Whole, Whole).Draw(
        new ChartLine("due", "a", PerSecond(result, second => second.Due)),
        new ChartLine("answered well", "b", PerSecond(result, second => second.Answered)),
        new ChartLine("errors", "c1", PerSecond(result, second => second.Errors)));

    private static string Times(LoadResult result) => new SvgChart("Time from when it was due", "seconds", Whole, Milliseconds) { IsLogarithmic = true }.Draw(
        new ChartLine("p50", "a", PerSecond(result, second => Time(second, 0.5))),
        new ChartLine("p90", "b", PerSecond(result, second => Time(second, 0.9))),
        new ChartLine("p99", "c1", PerSecond(result, second => Time(second, 0.99))));

    /// <summary>By nines, as tails are read: the axis is -log10(1 - quantile).</summary>
    private static string Distribution(LoadResult result)
    {
        ChartLine[] lines = [.. result.Requests.Select((tally, i) => (tally, i)).Where(pair => pair.tally.Latencies.Count > 0).Take(Colours.Length).Select(pair => new ChartLine(
            Text(result.Scenario.Mix[pair.i].Name), Colours[pair.i % Colours.Length],
            [.. Enumerable.Range(0, 81).Select(step => step / 20.0).Where(nines => Math.Pow(10, -nines) * pair.tally.Latencies.Count >= 1).Select(nines => (nines, pair.tally.Latencies.Percentile(1 - Math.Pow(10, -nines)).TotalMilliseconds))]))];
        return new SvgChart("Time by percentile", "percentile", nines => $"{(1 - Math.Pow(10, -nines)) * 100:0.##}", Milliseconds) { IsLogarithmic = true, MarksX = [.. Nines.Select(quantile => -Math.Log10(1 - quantile))] }.Draw(lines);
    }

    private static void Causes(StringBuilder page, LoadResult result)
    {
        (string Cause, long Count)[] causes = [.. ResultTable.Causes(result)];
        if (causes.Length == 0)
        {
            page.Append("<p>No errors.</p>");
            return;
        }

        page.Append("<table><thead><tr><th>error</th><th>requests</th></tr></thead><tbody>");
        foreach ((string cause, long count) in causes)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(cause)}</td><td>{Figures.Count(count)}</td></tr>");
        }

        page.Append("</tbody></table>");
    }

    private static (double X, double Y)[] PerSecond(LoadResult result, Func<Second, double> of) => [.. result.Seconds.Select((second, i) => ((double)i, of(second)))];

    private static double Time(Second second, double quantile) => second.Latencies.Count == 0 ? double.NaN : second.Latencies.Percentile(quantile).TotalMilliseconds;

    private static string Whole(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Milliseconds(double value) => value >= 1000 ? string.Create(CultureInfo.InvariantCulture, $"{value / 1000:0.##} s") : string.Create(CultureInfo.InvariantCulture, $"{value:0.###} ms");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
