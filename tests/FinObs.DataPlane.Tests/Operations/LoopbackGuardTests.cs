using FinObs.DataPlane.Operations;

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
}
