using System.Net;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Resources.Outbound;

namespace FinObs.DataPlane.Tests.Resources.Outbound;

public sealed class OutboundAddressesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("fe80::1%1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("fd00:ec2::254")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("2001:0:a00:1::")]
    public void An_address_that_is_not_public_is_refused(string address)
    {
        Assert.False(new OutboundAddresses(allowPrivate: false, []).Allow(IPAddress.Parse(address)));
        Assert.True(new OutboundAddresses(allowPrivate: true, []).Allow(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    public void A_public_one_is_allowed(string address) => Assert.True(new OutboundAddresses(allowPrivate: false, []).Allow(IPAddress.Parse(address)));

    [Fact]
    public void A_range_may_be_allowed_by_name()
    {
        OutboundAddresses addresses = new(allowPrivate: false, ["10.1.0.0/16"]);
        Assert.True(addresses.Allow(IPAddress.Parse("10.1.2.3")));
        Assert.True(addresses.Allow(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(addresses.Allow(IPAddress.Parse("10.2.2.3")));
    }

    [Theory]
    [InlineData("10.1.2.3/8", "10.0.0.0/8, or 10.1.2.3/32 for that address alone")]
    [InlineData("fd00:1::5/32", "fd00:1::/32, or fd00:1::5/128 for that address alone")]
    [InlineData("10.0.0.0/40", "e.g. 10.0.0.0/8")]
    public void A_range_that_begins_inside_of_itself_is_no_range_and_what_to_write_is_said(string range, string advice) => Assert.Contains(
        advice, Assert.Throws<OutboundAuthException>(() => OutboundAddresses.Of(new NetworkPolicy { AllowedCidrs = [range] })).Message, StringComparison.Ordinal);

    [Fact]
    public void The_error_says_which_address_it_is_and_what_allows_it()
    {
        AddressNotAllowedException error = new("siem.bank.example", [IPAddress.Parse("10.1.2.3"), IPAddress.Parse("::ffff:169.254.169.254")], "spec.network");
        Assert.Equal(
            "siem.bank.example is no public address: 10.1.2.3 (private), ::ffff:169.254.169.254 (the metadata service of a cloud); to allow it add its range to spec.network.allowedCidrs, or set spec.network.allowPrivate: true.",
            error.Message);
    }
}
