using System.Net;
using FinObs.Operator.DataPlane;
using FinObs.Testing;

namespace FinObs.Operator.Tests.DataPlane;

public sealed class BearerFromFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Answering _server = new();

    private string Path => _folder.Combine("token");

    public void Dispose()
    {
        _folder.Dispose();
        _server.Dispose();
    }

    /// <summary>As the kubelet renews a projected token: a new folder, and the link to it is swapped.</summary>
    [Fact]
    public async Task A_renewed_token_is_shown_with_the_next_request()
    {
        Mount("..1", "first");
        File.CreateSymbolicLink(_folder.Combine("..data"), "..1");
        File.CreateSymbolicLink(Path, "..data/token");
        Assert.Equal("Bearer first", await ShownAsync());

        Mount("..2", "second\n");
        File.Delete(_folder.Combine("..data"));
        File.CreateSymbolicLink(_folder.Combine("..data"), "..2");

        Assert.Equal("Bearer second", await ShownAsync());
    }

    [Fact]
    public async Task A_token_that_is_not_there_is_said_with_the_file_and_the_setting()
    {
        Assert.Contains("DataPlane:TokenFile", (await Assert.ThrowsAsync<DataPlaneUnreachableException>(ShownAsync)).Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path, " \n", TestContext.Current.CancellationToken);
        Assert.Contains("is empty", (await Assert.ThrowsAsync<DataPlaneUnreachableException>(ShownAsync)).Message, StringComparison.Ordinal);
    }

    private async Task<string?> ShownAsync()
    {
        using BearerFromFile bearer = new(Path) { InnerHandler = _server };
        using HttpMessageInvoker client = new(bearer, disposeHandler: false);
        using HttpRequestMessage request = new(HttpMethod.Get, "http://data-plane/");
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return _server.Shown;
    }

    private void Mount(string folder, string text)
    {
        Directory.CreateDirectory(_folder.Combine(folder));
        File.WriteAllText(System.IO.Path.Combine(_folder.Combine(folder), "token"), text);
    }

    private sealed class Answering : HttpMessageHandler
    {
        public string? Shown { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Shown = request.Headers.Authorization?.ToString();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));
        }
    }
}
