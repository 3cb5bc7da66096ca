using System.Net;
using FinObs.DataPlane.Access.Examining;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Access;

public sealed class ExaminerReadsTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Each_thing_that_an_examiner_is_shown_has_its_leaf_and_what_is_refused_has_none(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        string token = await host.Issuer.TokenAsync("from-the-agency", "examiner");
        string name = (await host.GetAsync("/v1/access/me", token)).Body.GetProperty("name").GetString()!;

        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/transactions?account=secret-account", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/resources", token)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync("/v1/models/none/versions/none", token)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.AskAsync(HttpMethod.Post, "/v1/access/keys", token, new { })).Status);
        await host.GetAsync("/v1/transactions", await host.Issuer.TokenAsync("ada", "viewer"));

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        AuditLeaf[] leaves = await db.AuditLeaves.Where(leaf => leaf.Kind == ExaminerReads.Kind).OrderBy(leaf => leaf.Id).ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, leaves.Length);
        Assert.All(leaves, leaf => Assert.Equal(name, LeafDocument.Parse(leaf.Leaf).Actor));
        Assert.DoesNotContain("secret-account", System.Text.Encoding.UTF8.GetString(leaves[0].Leaf), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_leaf_cannot_be_written_nothing_is_shown()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string token = await host.Issuer.TokenAsync("from-the-agency", "examiner");
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/resources", token)).Status);
        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER no_leaves BEFORE INSERT ON audit_leaves BEGIN SELECT RAISE(ABORT, 'the disk is full'); END", TestContext.Current.CancellationToken);

        var refused = await host.GetAsync("/v1/resources", token);
        var page = await host.GetAsync("/v1/resources", await host.Issuer.TokenAsync("from-the-agency", "examiner"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.False(refused.Body.TryGetProperty("items", out _));
        Assert.Contains("nothing was shown", refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
    }
}
