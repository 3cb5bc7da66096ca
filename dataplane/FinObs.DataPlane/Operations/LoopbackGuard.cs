using System.Net;

namespace FinObs.DataPlane.Operations;

/// <summary>Where no access is configured, whoever reaches the port may do everything: the host then refuses to listen beyond this machine.</summary>
internal static class LoopbackGuard
{
    public const string Notice = "No access is configured: everybody on this machine may do everything, and the host answers on loopback only.";

    /// <summary>Every address that this configuration makes the host listen on, as Kestrel reads it.</summary>
    public static IEnumerable<string> AddressesOf(IConfiguration configuration)
    {
        string[] urls = Split(configuration["urls"]);
        IEnumerable<string> ports = urls.Length > 0 ? [] : [.. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"), .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}")];

        // Endpoints named there are listened on whatever the addresses say.
        IEnumerable<string> endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();
        return [.. urls, .. ports, .. endpoints];
    }

    /// <summary>Null where every address is a loopback one; otherwise a sentence that says what to do.</summary>
    public static string? Problem(IEnumerable<string> urls)
    {
        string? open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null
            ? null
            : $"Refusing to listen on {open}: no access is configured, so only loopback addresses are allowed. Use --urls http://localhost:5080, or say who may come in: Access:Oidc for people, Access:ApiKeyFile for machines, Access:ServiceAccounts in a cluster.";
    }

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLoopback(string url)
    {
        string host = BindingAddress.Parse(url).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
