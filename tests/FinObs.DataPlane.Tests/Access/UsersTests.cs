using System.Net;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Access;

public sealed class UsersTests
{
    private static readonly string[] Analyst = ["analyst"];
    private static readonly string[] Admin = ["admin"];
    private static readonly string[] AdminAndMore = ["admin", "compliance"];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task What_is_assigned_here_adds_to_what_the_token_gives_and_each_change_has_its_leaf(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        string admin = await host.Issuer.TokenAsync("boss", "admin");
        string token = await host.Issuer.TokenAsync("ada", "viewer");
        string id = await host.IdOfAsync(token);

        var changed = await host.AskAsync(HttpMethod.Put, $"/v1/users/{id}/roles", admin, new { roles = Analyst, reason = "joins the fraud team" });
        var me = await host.GetAsync("/v1/access/me", token);
        var details = await host.GetAsync($"/v1/users/{id}", admin);

        Assert.Equal(HttpStatusCode.OK, changed.Status);
        Assert.Equal(["analyst", "viewer"], me.Body.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.Equal("ada@bank.example", details.Body.GetProperty("user").GetProperty("email").GetString());
        JsonElement newest = details.Body.GetProperty("changes")[0];
        Assert.Equal("user.roles_changed", newest.GetProperty("act").GetString());
        Assert.Equal("joins the fraud team", newest.GetProperty("reason").GetString());

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        string[] kinds = await db.AuditLeaves.Where(leaf => leaf.AboutId == Guid.Parse(id)).OrderBy(leaf => leaf.Id).Select(leaf => leaf.Kind).ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["user.created", "user.roles_changed", "user.signed_in"], kinds.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Nothing_of_who_somebody_is_stands_in_the_tables_or_the_leaves(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        await host.IdOfAsync(await host.Issuer.TokenAsync("subject-of-ada", "viewer"));

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        UserRow row = await db.Users.SingleAsync(TestContext.Current.CancellationToken);
        byte[][] leaves = await db.AuditLeaves.Where(leaf => leaf.AboutId == row.Id).Select(leaf => leaf.Leaf).ToArrayAsync(TestContext.Current.CancellationToken);

        string everything = JsonSerializer.Serialize(row) + Encoding.Latin1.GetString(row.Profile) + string.Concat(leaves.Select(Encoding.UTF8.GetString));
        Assert.NotEmpty(leaves);
        foreach (string personal in (string[])["subject-of-ada", "Ada Example", "ada@bank.example"]) Assert.DoesNotContain(personal, everything, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Who_is_deactivated_is_refused_at_once_on_every_replica_and_can_be_let_in_again(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        await using TestDataPlane replica = await host.Host.StartReplicaAsync(host.Settings);
        using HttpClient other = OidcHost.NewClient(replica);
        string admin = await host.Issuer.TokenAsync("boss", "admin");
        string token = await host.Issuer.TokenAsync("ada", "viewer");
        string id = await host.IdOfAsync(token);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/transactions", token, other)).Status);

        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Post, $"/v1/users/{id}/deactivate", admin, new { reason = "left" })).Status);
        var here = await host.GetAsync("/v1/transactions", token);
        var there = await host.GetAsync("/v1/transactions", token, other);
        await host.AskAsync(HttpMethod.Post, $"/v1/users/{id}/activate", admin);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (here.Status, there.Status));
        Assert.Contains("deactivated here", there.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/transactions", token, other)).Status);

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        string[] kinds = await db.AuditLeaves.Where(leaf => leaf.AboutId == Guid.Parse(id)).Select(leaf => leaf.Kind).ToArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, kinds.Count(act => act == UserActs.Refused));
        Assert.Contains(UserActs.Deactivated, kinds);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Nobody_changes_themselves_and_the_last_admin_stays(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind, "--Approvals:Policies:user.role.admin:Enabled", "false");
        string first = await host.Issuer.TokenAsync("first");
        string second = await host.Issuer.TokenAsync("second");
        string firstId = await host.IdOfAsync(first);
        string secondId = await host.IdOfAsync(second);
        object admin = new { roles = Admin };
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Put, $"/v1/users/{firstId}/roles", OidcHost.OperatorKey, admin)).Status);

        Assert.Equal(HttpStatusCode.Forbidden, (await host.AskAsync(HttpMethod.Put, $"/v1/users/{firstId}/roles", first, new { roles = AdminAndMore })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.AskAsync(HttpMethod.Post, $"/v1/users/{firstId}/deactivate", first)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await host.AskAsync(HttpMethod.Post, $"/v1/users/{firstId}/deactivate", OidcHost.OperatorKey)).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await host.AskAsync(HttpMethod.Put, $"/v1/users/{firstId}/roles", OidcHost.OperatorKey, new { roles = Array.Empty<string>() })).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Put, $"/v1/users/{secondId}/roles", first, admin)).Status);

        // Each takes the other's role away, at the same time: one of them stays an admin.
        object none = new { roles = Array.Empty<string>() };
        var both = await Task.WhenAll(host.AskAsync(HttpMethod.Put, $"/v1/users/{secondId}/roles", first, none), host.AskAsync(HttpMethod.Put, $"/v1/users/{firstId}/roles", second, none));
        Assert.Single(both, answer => answer.Status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_second_admin_is_made_by_two_and_neither_of_them_is_the_new_one(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        string boss = await host.Issuer.TokenAsync("boss", "admin");
        string officer = await host.Issuer.TokenAsync("officer", "compliance");
        string ada = await host.Issuer.TokenAsync("ada", "compliance");
        await host.IdOfAsync(boss);
        string id = await host.IdOfAsync(ada);

        var asked = await host.AskAsync(HttpMethod.Put, $"/v1/users/{id}/roles", boss, new { roles = Admin, reason = "second pair of hands" });
        Assert.Equal(HttpStatusCode.Accepted, asked.Status);
        string path = $"/v1/approvals/{(await host.GetAsync("/v1/approvals?status=Pending", officer)).Body.GetProperty("items")[0].GetProperty("id").GetGuid()}";
        JsonElement request = (await host.GetAsync(path, officer)).Body.GetProperty("request");
        object word = new { boundHash = request.GetProperty("boundHash").GetString(), reason = "I know her." };

        Assert.Equal(HttpStatusCode.Forbidden, (await host.AskAsync(HttpMethod.Post, $"{path}/approve", boss, word)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.AskAsync(HttpMethod.Post, $"{path}/approve", ada, word)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Post, $"{path}/approve", officer, word)).Status);
        Assert.Contains("admin", (await host.GetAsync("/v1/access/me", ada)).Body.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Theory]
    [InlineData("{\"roles\":[\"boss\"]}", "There is no role of that name")]
    [InlineData("{\"roles\":[null]}", "There is no role of that name")]
    [InlineData("{}", "Say which")]
    public async Task Roles_that_are_none_are_refused_with_those_there_are(string body, string expected)
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string id = await host.IdOfAsync(await host.Issuer.TokenAsync("ada"));

        var refused = await host.AskAsync(HttpMethod.Put, $"/v1/users/{id}/roles", OidcHost.OperatorKey, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains(expected, refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The verifier compares what was proven with what counts now.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_role_that_a_hand_has_given_in_the_database_does_not_agree_with_its_leaf(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        string id = await host.IdOfAsync(await host.Issuer.TokenAsync("ada"));
        IAuditProjection projection = host.Host.Services.GetServices<IAuditProjection>().Single(one => one.Kind == UserActs.Created);
        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        UserChangeRow created = await db.UserChanges.SingleAsync(TestContext.Current.CancellationToken);
        byte[] proven = UserActs.Payload(created);
        Assert.Equal(proven, (await projection.ProjectAsync([created.Id], TestContext.Current.CancellationToken))[created.Id]);

        await db.Users.ExecuteUpdateAsync(set => set.SetProperty(user => user.Roles, "admin"), TestContext.Current.CancellationToken);

        Assert.NotEqual(proven, (await projection.ProjectAsync([created.Id], TestContext.Current.CancellationToken))[created.Id]);
        Assert.NotNull(id);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_new_admin_is_made_in_the_commit_of_the_approval_and_not_if_something_has_changed(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        Guid id = Guid.Parse(await host.IdOfAsync(await host.Issuer.TokenAsync("ada")));
        UserRow user = (await host.Host.Services.GetRequiredService<UserDirectory>().FindAsync(id, TestContext.Current.CancellationToken))!;
        ApprovalAsk ask = AdminGrant.Ask(user, "admin", "user:other", "needs it");
        ApprovedRequest request = new(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), ask.Namespace, ask.Action, ask.Target, ask.Payload, ask.RequestedBy, ["user:third"]);
        IApprovedAction action = host.Host.Services.GetServices<IApprovedAction>().Single(one => one.Action == AdminGrant.Name);

        var ready = Assert.IsType<ApprovedOutcome.Ready>(await action.PrepareAsync(request, TestContext.Current.CancellationToken));
        await using (IWriteSession session = await host.Host.Services.GetRequiredService<IDatabase>().BeginWriteAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(await ready.WriteAsync(session, TestContext.Current.CancellationToken));
            await session.CommitAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(["admin"], (await host.GetAsync("/v1/access/me", await host.Issuer.TokenAsync("ada"))).Body.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.IsType<ApprovedOutcome.Impossible>(await action.PrepareAsync(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stream_that_is_open_is_cut_off_when_its_reader_is_deactivated()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string token = await host.Issuer.TokenAsync("ada", "viewer");
        string id = await host.IdOfAsync(token);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri("/webhooks/stream", UriKind.Relative)) { Headers = { Authorization = new("Bearer", token) } };
        using HttpResponseMessage answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using Stream stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        await host.AskAsync(HttpMethod.Post, $"/v1/users/{id}/deactivate", OidcHost.OperatorKey);

        byte[] buffer = new byte[4096];
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }

            throw new IOException("The stream has ended.");
        });
    }
}
