using Microsoft.AspNetCore.Http.Extensions;

namespace FinObs.DataPlane.Access.Guarding;

/// <summary>
/// <c>?key=</c> for senders of webhooks that can set no header, where it is switched on. The key is moved into the header before anything reads the address, so that no answer, trace or leaf holds
/// it; the server's own line about each request, which is written before, is switched off. What a proxy in front writes down is out of our hands.
/// </summary>
internal static class KeyInQuery
{
    public const string Parameter = "key";
    private const string RequestLines = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static void SilenceRequestLines(IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(options =>
    {
        // A rule of one provider counts before one of all of them, so each gets its own.
        string?[] providers = [null, .. options.Rules.Select(rule => rule.ProviderName).OfType<string>().Distinct(StringComparer.Ordinal)];
        foreach (string? provider in providers) options.Rules.Add(new LoggerFilterRule(provider, RequestLines, LogLevel.Warning, filter: null));
    });

    public static Task MoveAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        if (request.Path.StartsWithSegments("/webhooks", StringComparison.Ordinal) && request.Query[Parameter].ToString() is { Length: > 0 } key)
        {
            if (CredentialShown.Of(request) is null) request.Headers[CredentialShown.WebhookKeyHeader] = key;
            QueryBuilder rest = new(request.Query.Where(pair => !string.Equals(pair.Key, Parameter, StringComparison.OrdinalIgnoreCase)));
            request.QueryString = rest.ToQueryString();
        }

        return next(context);
    }
}
