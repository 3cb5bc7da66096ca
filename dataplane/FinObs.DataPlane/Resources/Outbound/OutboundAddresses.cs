using System.Globalization;
using System.Net;
using System.Net.Sockets;
using FinObs.Contracts.Resources;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>
/// Which addresses a connection that somebody's configuration asks for may go to: public ones, and those that are allowed by name. It is asked when the
/// connection is made, about the address that the name resolved to and that is then connected to, so that no name can stand for an address inside, however often it is asked.
/// </summary>
/// <param name="allowPrivate">True: any address.</param>
/// <param name="allowedCidrs">Ranges that are allowed although they are not public.</param>
/// <param name="setting">Which settings allow more, for the error: e.g. <c>spec.network</c>.</param>
internal sealed class OutboundAddresses(bool allowPrivate, IEnumerable<string> allowedCidrs, string? setting = null)
{
    private readonly IPNetwork[] _allowed = [.. allowedCidrs.Select(range => IPNetwork.Parse(range))];

    /// <summary>What a resource's <c>spec.network</c> allows, and the host's settings besides.</summary>
    /// <exception cref="OutboundAuthException">A range is none; the message says what to write.</exception>
    public static OutboundAddresses Of(NetworkPolicy? network, bool allowPrivate = false, IEnumerable<string>? more = null)
    {
        IReadOnlyList<string> ranges = network?.AllowedCidrs ?? [];
        return ranges.FirstOrDefault(range => !IsRange(range)) is { } wrong
            ? throw new OutboundAuthException($"network.allowedCidrs: {wrong} is no range of addresses; {Advice(wrong)}.")
            : new OutboundAddresses((network?.AllowPrivate ?? false) || allowPrivate, [.. ranges, .. more ?? []], "spec.network");
    }

    public bool Allow(IPAddress address)
    {
        IPAddress plain = SpecialAddresses.Plain(address);
        return allowPrivate || Array.Exists(_allowed, range => range.Contains(plain)) || SpecialAddresses.Find(plain) is null;
    }

    /// <summary>A handler whose connections go to allowed addresses only, whatever redirects and names say. No proxy: it would resolve names itself.</summary>
    /// <param name="resolved">Told of the addresses each time that a name was asked for, allowed or not.</param>
    public SocketsHttpHandler CreateHandler(Action<IPAddress[]>? resolved = null) => new()
    {
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = 5,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context, resolved, cancellationToken),
    };

    /// <summary>The framework takes any address of a range for the range.</summary>
    private static bool IsRange(string text) =>
        IPNetwork.TryParse(text, out IPNetwork range) && IPAddress.TryParse(text.Split('/')[0], out IPAddress? first) && range.BaseAddress.Equals(first);

    /// <summary>An address inside a range, with its length, is a slip: the range is said, and not taken for what was meant.</summary>
    private static string Advice(string range)
    {
        if (range.Split('/') is not [var first, var length] || !IPAddress.TryParse(first, out IPAddress? address) || !int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int bits)
            || address.GetAddressBytes() is not { } bytes || bits > bytes.Length * 8)
        {
            return "write its first address and its length, e.g. 10.0.0.0/8";
        }

        for (int bit = bits; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return $"it begins inside of it: write {new IPAddress(bytes)}/{bits}, or {address}/{bytes.Length * 8} for that address alone";
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, Action<IPAddress[]>? resolved, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        resolved?.Invoke(addresses);
        IPAddress[] allowed = [.. addresses.Where(Allow)];
        if (allowed.Length == 0)
        {
            throw new AddressNotAllowedException(context.DnsEndPoint.Host, addresses, setting);
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

/// <summary>A name stands for addresses that no connection may go to. The message says which, why, and what allows it.</summary>
internal sealed class AddressNotAllowedException(string host, IReadOnlyList<IPAddress> addresses, string? setting) : HttpRequestException(Explain(host, addresses, setting))
{
    private static string Explain(string host, IReadOnlyList<IPAddress> addresses, string? setting)
    {
        if (addresses.Count == 0)
        {
            return $"{host} has no address.";
        }

        string which = string.Join(", ", addresses.Take(4).Select(address => $"{address} ({SpecialAddresses.Find(SpecialAddresses.Plain(address))})"));
        string remedy = setting is null ? "connections to such addresses are not allowed" : $"to allow it add its range to {setting}.allowedCidrs, or set {setting}.allowPrivate: true";
        return $"{host} is no public address: {which}; {remedy}.";
    }
}
