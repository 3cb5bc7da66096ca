using System.Net;
using System.Text;
using FinObs.Contracts.Resources;
using FinObs.Operator.DataPlane;
using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.Tests.DataPlane;

public sealed class DataPlaneClientTests
{
    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task A_refusal_names_the_setting_that_lets_it_in_and_says_what_the_data_plane_says(HttpStatusCode status)
    {
        using Refusing refusing = new(status);
        using HttpClient http = new(refusing) { BaseAddress = new Uri("http://data-plane/") };

        DataPlaneUnreachableException refusal = await Assert.ThrowsAsync<DataPlaneUnreachableException>(() =>
            new DataPlaneClient(http).StatusAsync(ResourceKinds.ModelVersion, new ResourceKey("bank", "card-fraud-1.0.0"), TestContext.Current.CancellationToken));

        Assert.Contains($"({(int)status})", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Access:ServiceAccounts:Operators", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("why it is so", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class Refusing(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent("""{"detail":"why it is so"}""", Encoding.UTF8, "application/problem+json") });
    }
}
