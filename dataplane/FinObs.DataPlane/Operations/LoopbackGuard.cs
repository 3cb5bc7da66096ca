using System.Net;

namespace FinObs.DataPlane.Operations;

/// <summary>Where no access is configured, whoever reaches the port may do everything: the host then refuses to listen beyond this machine.</summary>
internal static class LoopbackGuard
{
    public const string Notice = "No access is configured: everybody on this machine may do everything, and the host answers on loopback only.";

    /// <summary>Null where every address is a loopback one; otherwise a sentence that says what to do.</summary>
    public static string? Problem(IEnumerable<string> urls)
    {
        string? open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null
            ? null
            : $"Refusing to listen on {open}: no access is configured, so only loopback addresses are allowed. Use --urls http://localhost:5080, or say who may come in: Access:ApiKeyFile, or Access:ServiceAccounts in a cluster.";
    }

    private static bool IsLoopback(string url)
    {
        string host = BindingAddress.Parse(url).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
