using System.Net;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>Special-purpose addresses by the registries of IANA (RFC 6890 and its successors), and multicast: none of them is somebody on the public internet.</summary>
internal static class SpecialAddresses
{
    private const int MappedPrefix = 12;

    /// <summary>Most specific first: the first that holds an address says what it is.</summary>
    private static readonly (IPNetwork Range, string What)[] Ranges =
    [
        .. new[]
        {
            ("169.254.169.254/32", "the metadata service of a cloud"), ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "shared by a carrier"), ("127.0.0.0/8", "loopback"),
            ("169.254.0.0/16", "link-local"), ("172.16.0.0/12", "private"), ("192.0.0.0/24", "reserved"), ("192.0.2.0/24", "documentation"), ("192.88.99.0/24", "6to4 relay"), ("192.168.0.0/16", "private"),
            ("198.18.0.0/15", "benchmarking"), ("198.51.100.0/24", "documentation"), ("203.0.113.0/24", "documentation"), ("224.0.0.0/3", "multicast or reserved"),
            ("::1/128", "loopback"), ("fd00:ec2::254/128", "the metadata service of a cloud"), ("::/96", "IPv4 inside IPv6"), ("::ffff:0:0/96", "IPv4 inside IPv6"), ("::ffff:0:0:0/96", "IPv4 inside IPv6"),
            ("64:ff9b::/96", "IPv4 behind NAT64"), ("64:ff9b:1::/48", "IPv4 behind NAT64"), ("100::/64", "discarded"), ("2001::/23", "reserved, with Teredo"), ("2001:db8::/32", "documentation"),
            ("2002::/16", "IPv4 behind 6to4"), ("3fff::/20", "documentation"), ("5f00::/16", "segment routing"), ("fc00::/7", "private"), ("fe80::/10", "link-local"), ("fec0::/10", "site-local"),
            ("ff00::/8", "multicast"),
        }.Select(range => (IPNetwork.Parse(range.Item1), range.Item2)),
    ];

    /// <summary>What kind of address it is; null for a public one.</summary>
    /// <param name="plain">By <see cref="Plain"/>.</param>
    public static string? Find(IPAddress plain)
    {
        foreach ((IPNetwork range, string what) in Ranges)
        {
            if (range.Contains(plain))
            {
                return what;
            }
        }

        return null;
    }

    /// <summary>One address in one form: IPv4 in IPv6 as IPv4, and no zone, which names a network card and no destination.</summary>
    public static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return new IPAddress(address.GetAddressBytes().AsSpan(MappedPrefix));
        }

        return address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes()) : address;
    }
}
