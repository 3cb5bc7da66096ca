using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace FinObs.Contracts.Resources;

/// <summary>
/// Forms of text, as the API server and <see cref="Regex"/> both read them (RE2 without Unicode classes). Numbers, lengths of time and times are
/// bounded so that whatever has the form also has a value: an object that the server admits can always be read.
/// </summary>
public static class Patterns
{
    /// <summary>DNS-1123 label (RFC 1123): names of models, arms, resources.</summary>
    public const string DnsLabel = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>DNS-1123 subdomain: names of Kubernetes objects.</summary>
    public const string DnsSubdomain = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /// <summary>Semantic version (semver.org 2.0.0) without build metadata and in lower case: it is part of object names.</summary>
    public const string Version = "^(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-[0-9a-z]([-0-9a-z.]*[0-9a-z])?)?$";

    /// <summary>Content address.</summary>
    public const string Digest = "^sha256:[0-9a-f]{64}$";

    /// <summary>A number as text: floating point is discouraged in Kubernetes APIs, since clients round differently.</summary>
    public const string Number = "^-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,28})?$";

    /// <summary>The longest a <see cref="Number"/> can be.</summary>
    public const int NumberMaxLength = 46;

    /// <summary>A <see cref="Number"/> from 0 to 1.</summary>
    public const string Share = "^(0(\\.[0-9]{1,28})?|1(\\.0{1,28})?)$";

    /// <summary>A length of time as Go writes it: <c>90s</c>, <c>1h30m</c>, <c>250ms</c>.</summary>
    public const string Duration = "^([0-9]{1,7}(h|m|s|ms)){1,4}$";

    /// <summary>The longest a <see cref="Duration"/> can be.</summary>
    public const int DurationMaxLength = 36;

    /// <summary>A time with its offset (RFC 3339), from the year 1000 to 2999: <c>2026-01-31T12:00:00Z</c>.</summary>
    public const string Time = "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[-+](0[0-9]|1[0-3]):[0-5][0-9])$";

    /// <summary>The longest a <see cref="Time"/> can be.</summary>
    public const int TimeMaxLength = 35;

    /// <summary>A Kubernetes quantity: <c>500m</c>, <c>1Gi</c>, <c>2</c>.</summary>
    public const string Quantity = "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$";

    /// <summary>A cron expression of five fields.</summary>
    public const string Cron = "^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+$";

    /// <summary>A JSON path of our subset: <c>$.data.items</c>, <c>$.id</c>, <c>$</c>.</summary>
    public const string JsonPath = "^\\$(\\.[A-Za-z_][A-Za-z0-9_-]*|\\[[0-9]+\\])*$";

    /// <summary>An address range: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>.</summary>
    public const string Cidr = "^[0-9a-fA-F:.]+/[0-9]{1,3}$";

    private static readonly ConcurrentDictionary<string, Regex> Known = [];

    /// <summary>As RE2 matches: the end is the end, with no line break after it.</summary>
    internal static bool IsMatch([StringSyntax(StringSyntaxAttribute.Regex)] string pattern, string text) =>
        !text.EndsWith('\n')
        && Known.GetOrAdd(pattern, form => new Regex(form, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))).IsMatch(text);
}
