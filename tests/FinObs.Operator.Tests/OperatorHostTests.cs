using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FinObs.Operator.Tests;

public sealed class OperatorHostTests
{
    [Fact]
    public async Task Every_controller_can_be_made_and_has_an_informer()
    {
        await using WebApplication app = OperatorHost.Build(["--Watch:Namespaces", "payments,cards"]);
        Assert.NotEmpty(app.Services.GetServices<IController>());
        string[] kinds = [.. app.Services.GetServices<IInformer>().Select(informer => informer.Kind)];
        Assert.Equal(kinds.Distinct(), kinds);
        Assert.NotEmpty(app.Services.GetServices<IHostedService>());
    }
}
