using System.Net;
using System.Net.Sockets;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>
/// Which addresses a connection that somebody's configuration asks for may go to: public ones, and those that are allowed by name. It is asked when the
/// connection is made, about the address that the name resolved to, so that no name can stand for an address inside.
/// </summary>
internal sealed class OutboundAddresses(bool allowPrivate, IEnumerable<string> allowedCidrs)
{
    /// <summary>Special-purpose addresses by the registries of IANA (RFC 6890 and its successors), and multicast.</summary>
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
            "2002::/16", "3fff::/20", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(range => IPNetwork.Parse(range)),
    ];

    private readonly IPNetwork[] _allowed = [.. allowedCidrs.Select(range => IPNetwork.Parse(range))];

    public bool Allow(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowPrivate || Array.Exists(_allowed, range => range.Contains(plain)) || !Array.Exists(NotPublic, range => range.Contains(plain));
    }

    /// <summary>A handler whose connections go to allowed addresses only, whatever redirects and names say. No proxy: it would resolve names itself.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = 5,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = ConnectAsync,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        IPAddress[] allowed = [.. addresses.Where(Allow)];
        if (allowed.Length == 0)
        {
            throw new AddressNotAllowedException(context.DnsEndPoint.Host);
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A name stands for addresses that no connection may go to.</summary>
internal sealed class AddressNotAllowedException(string host)
    : HttpRequestException($"{host} is no public address; connections to private addresses are not allowed.");
