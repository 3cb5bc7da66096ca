using System.Net;

namespace FinObs.DataPlane.Operations;

/// <summary>There is no sign-in yet, so whoever reaches the port may do everything: the host refuses to listen beyond this machine.</summary>
internal static class LoopbackGuard
{
    public const string Notice = "No sign-in yet: this host answers on loopback only.";

    /// <summary>Null where every address is a loopback one; otherwise a sentence that says what to do.</summary>
    public static string? Problem(IEnumerable<string> urls)
    {
        string? open = urls.FirstOrDefault(url => !IsLoopback(url));
        return open is null
            ? null
            : $"Refusing to listen on {open}: there is no sign-in yet, so only loopback addresses are allowed. Use --urls http://localhost:5080, and a tunnel or a reverse proxy with sign-in for others.";
    }

    private static bool IsLoopback(string url)
    {
        string host = BindingAddress.Parse(url).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
