namespace FinObs.Contracts.Resources;

/// <summary>Forms of text, as the API server and <see cref="System.Text.RegularExpressions"/> both read them (RE2 without Unicode classes).</summary>
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
    public const string Number = "^-?[0-9]+(\\.[0-9]+)?$";

    /// <summary>A length of time as Go writes it: <c>90s</c>, <c>1h30m</c>, <c>250ms</c>.</summary>
    public const string Duration = "^([0-9]+(h|m|s|ms))+$";

    /// <summary>A Kubernetes quantity: <c>500m</c>, <c>1Gi</c>, <c>2</c>.</summary>
    public const string Quantity = "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$";

    /// <summary>A cron expression of five fields.</summary>
    public const string Cron = "^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+$";

    /// <summary>A JSON path of our subset: <c>$.data.items</c>, <c>$.id</c>, <c>$</c>.</summary>
    public const string JsonPath = "^\\$(\\.[A-Za-z_][A-Za-z0-9_-]*|\\[[0-9]+\\])*$";

    /// <summary>An address range: <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>.</summary>
    public const string Cidr = "^[0-9a-fA-F:.]+/[0-9]{1,3}$";
}
