using FinObs.DataPlane.Operations;
using Microsoft.Extensions.Configuration;

namespace FinObs.DataPlane.Tests.Operations;

public class LoopbackGuardTests
{
    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:5080")]
    public void Loopback_is_allowed(string url) => Assert.Null(LoopbackGuard.Problem([url]));

    [Theory]
    [InlineData("http://0.0.0.0:5080")]
    [InlineData("http://*:80")]
    [InlineData("http://+:80")]
    [InlineData("http://192.168.1.5:5080")]
    [InlineData("http://example.com")]
    public void Everything_else_is_refused_with_what_to_do(string url) =>
        Assert.Contains("--urls http://localhost:5080", LoopbackGuard.Problem(["http://localhost:1", url]), StringComparison.Ordinal);

    [Theory]
    [InlineData("urls=http://localhost:1", null)]
    [InlineData("urls=http://localhost:1 http_ports=8080", null)]
    [InlineData("urls=http://localhost:1;http://*:2", "http://*:2")]
    [InlineData("http_ports=8080", "http://*:8080")]
    [InlineData("https_ports=8443", "https://*:8443")]
    [InlineData("urls=http://localhost:1 Kestrel:Endpoints:Public:Url=http://0.0.0.0:80", "http://0.0.0.0:80")]
    [InlineData("urls=http://localhost:1 Kestrel:Endpoints:Own:Url=http://127.0.0.1:80", null)]
    public void Every_way_to_say_an_address_is_looked_at(string settings, string? open)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Split(' ').Select(setting => setting.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
            .Build();

        string? problem = LoopbackGuard.Problem(LoopbackGuard.AddressesOf(configuration));

        if (open is null) Assert.Null(problem);
        else Assert.Contains($"Refusing to listen on {open}:", problem, StringComparison.Ordinal);
    }
}
