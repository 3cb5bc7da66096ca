namespace FinObs.Operator.Reconciliation.Caching;

/// <summary>Section <c>Watch</c>: what every informer has in common.</summary>
internal sealed class WatchOptions
{
    public const string Section = "Watch";

    /// <summary>Namespaces to work in, separated by commas; empty: all of them, which needs rights for the whole cluster.</summary>
    public string Namespaces { get; set; } = "";

    /// <summary>After how long a watch is begun anew (each up to twice as long, so that they do not do it together).</summary>
    public TimeSpan WatchLength { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Wait after the first failure in a row of a list or a watch.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two attempts.</summary>
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The namespaces one by one; a single null stands for all.</summary>
    public IReadOnlyList<string?> Scopes()
    {
        string[] named = Namespaces.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return named.Length == 0 ? new string?[] { null } : named;
    }
}

/// <summary>Which objects of a kind an informer knows.</summary>
internal sealed class InformerOptions<T>
    where T : class
{
    /// <summary>Label selector; null: all.</summary>
    public string? Labels { get; set; }

    /// <summary>For Secrets that are only referred to: their contents never come into this process.</summary>
    public bool MetadataOnly { get; set; }
}
