namespace FinObs.Testing;

/// <summary>How a <see cref="LocalCluster"/> is set up.</summary>
public sealed class LocalClusterOptions
{
    /// <summary>Durable as in production (fsync and full_page_writes stay on); room for the pools of many test classes.</summary>
    public static readonly LocalClusterOptions ForTests = new() { Settings = ["max_connections=300", "shared_buffers=128MB"] };

    /// <summary><c>name=value</c> of postgresql.conf, on top of what every cluster of ours has.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>An existing folder that the data folder comes to lie in, e.g. a small file system; none = a fresh temporary one, removed with the cluster.</summary>
    public string? Parent { get; init; }
}
