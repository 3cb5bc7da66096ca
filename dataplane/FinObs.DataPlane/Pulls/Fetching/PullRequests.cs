using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.Contracts.Resources.PullSources;

namespace FinObs.DataPlane.Pulls.Fetching;

/// <summary>Makes the requests for pages: on GET every parameter stands in the query, on POST what pages and increments ask for is a JSON object in the body.</summary>
internal static class PullRequests
{
    /// <summary>Where a page is asked for.</summary>
    /// <param name="spec">The source.</param>
    /// <param name="cursor">Of the page: its cursor, its number or its address; null = the first.</param>
    /// <param name="since">From where on; null = from the beginning.</param>
    /// <exception cref="PullFailedException">The next page is said to be at another origin.</exception>
    public static HttpRequestMessage Of(PullSourceSpec spec, string? cursor, string? since)
    {
        List<KeyValuePair<string, string>> asked = [];
        if (spec.Incremental is { } incremental && since is not null)
        {
            asked.Add(new(incremental.Param, since));
        }

        PullPagination pages = spec.Pagination;
        bool isLink = pages.Type == PaginationType.LinkHeader && cursor is not null;
        if (pages is { Type: PaginationType.Cursor or PaginationType.Page, Param: { } param } && (cursor is not null || pages.Type == PaginationType.Page))
        {
            asked.Add(new(param, cursor ?? "1"));
        }

        HttpRequestMessage request = spec.Method == PullMethod.Post
            ? new(HttpMethod.Post, isLink ? new Uri(cursor!) : With(spec.Url, spec.Query ?? new Dictionary<string, string>())) { Content = Body(asked, pages) }
            : new(HttpMethod.Get, isLink ? new Uri(cursor!) : With(spec.Url, [.. spec.Query ?? new Dictionary<string, string>(), .. asked]));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("FinObs", "1"));
        foreach ((string name, string value) in spec.Headers ?? new Dictionary<string, string>())
        {
            request.Headers.Remove(name);
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    /// <summary>The address of the next page (RFC 8288), which has to be at the same origin.</summary>
    public static string? NextLink(HttpResponseMessage response, Uri url)
    {
        if (!response.Headers.TryGetValues("Link", out IEnumerable<string>? links))
        {
            return null;
        }

        foreach (string link in links.SelectMany(Split))
        {
            int end = link.IndexOf('>', StringComparison.Ordinal);
            if (!link.StartsWith('<') || end < 0 || !IsNext(link[(end + 1)..]))
            {
                continue;
            }

            Uri next = new(response.RequestMessage?.RequestUri ?? url, link[1..end]);
            return Resources.Outbound.OutboundAuthHandler.IsSameOrigin(next, url)
                ? next.ToString()
                : throw PullFailedException.Unreadable($"The next page is said to be at {next.Host}, which is not where url is: it is not asked for there.");
        }

        return null;
    }

    /// <summary>Commas stand in addresses too: only one before a <c>&lt;</c> parts two links.</summary>
    private static IEnumerable<string> Split(string header)
    {
        int start = 0;
        for (int i = 0; i < header.Length; i++)
        {
            if (header[i] == ',' && header.AsSpan(i + 1).TrimStart() is ['<', ..])
            {
                yield return header[start..i].Trim();
                start = i + 1;
            }
        }

        yield return header[start..].Trim();
    }

    private static bool IsNext(string parameters) => parameters.Split(';', StringSplitOptions.TrimEntries).Any(parameter =>
        parameter.StartsWith("rel=", StringComparison.OrdinalIgnoreCase) && parameter["rel=".Length..].Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase));

    private static Uri With(string url, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        StringBuilder text = new(url);
        char before = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach ((string name, string value) in parameters)
        {
            text.Append(before).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            before = '&';
        }

        return new Uri(text.ToString());
    }

    private static ByteArrayContent Body(List<KeyValuePair<string, string>> asked, PullPagination pages)
    {
        Dictionary<string, object> fields = asked.ToDictionary(
            pair => pair.Key, pair => pages.Type == PaginationType.Page && pair.Key == pages.Param ? (object)int.Parse(pair.Value, CultureInfo.InvariantCulture) : pair.Value);
        return new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(fields)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }
}
