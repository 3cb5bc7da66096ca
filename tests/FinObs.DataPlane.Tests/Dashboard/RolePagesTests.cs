using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard;
using FinObs.DataPlane.Tests.Access;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>Every page as every role, as it leaves the host.</summary>
public sealed class RolePagesTests
{
    /// <summary>Pages with an address of their own, and what they ask for.</summary>
    private static readonly (string Path, string Permission)[] Pages =
    [
        .. typeof(DashboardPage).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(DashboardPage)) && PagePermissionAttribute.Of(type) is not null)
            .SelectMany(type => type.GetCustomAttributes<RouteAttribute>().Select(route => (route.Template, PagePermissionAttribute.Of(type)!))).Where(page => !page.Template.Contains('{', StringComparison.Ordinal)),
    ];

    public static TheoryData<string> People => [.. Roles.OfPeople.Keys];

    [Theory]
    [MemberData(nameof(People))]
    public async Task A_page_is_there_for_those_who_may_and_says_whom_to_ask_to_those_who_may_not(string role)
    {
        await using OidcHost host = await OidcHost.StartAsync();
        Assert.True(Pages.Length >= 18);
        foreach ((string path, string permission) in Pages)
        {
            bool may = Roles.PermissionsOf(role).Contains(permission);
            (HttpStatusCode status, string page) = await AskAsync(host, path, role);

            Assert.True(status == (may ? HttpStatusCode.OK : HttpStatusCode.Forbidden), $"{path} as {role}: {(int)status}");
            Assert.DoesNotContain("could not be read", page, StringComparison.Ordinal);
            Assert.True(page.Contains("This page is not for your role", StringComparison.Ordinal) != may, $"{path} as {role}");
            Assert.Contains("id=\"nav\"", page, StringComparison.Ordinal);
            Assert.True(page.Contains($"href=\"{path}\"", StringComparison.Ordinal) || !may || path == "/find" || path.StartsWith("/access/", StringComparison.Ordinal), $"{path} is not in the menu of {role}");
        }
    }

    [Fact]
    public async Task Nobody_without_a_role_is_shown_anything_and_a_program_is_told_in_json()
    {
        await using OidcHost host = await OidcHost.StartAsync();

        (HttpStatusCode status, string page) = await AskAsync(host, "/audit", "no-role-at-all");
        using HttpRequestMessage program = await RequestAsync(host, "/audit", "viewer", "application/json");
        using HttpResponseMessage told = await host.Client.SendAsync(program, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("Your roles here: none", page, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (told.StatusCode, told.Content.Headers.ContentType?.MediaType));
    }

    private static async Task<(HttpStatusCode Status, string Page)> AskAsync(OidcHost host, string path, string role)
    {
        using HttpRequestMessage request = await RequestAsync(host, path, role, "text/html");
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    private static async Task<HttpRequestMessage> RequestAsync(OidcHost host, string path, string role, string accept)
    {
        HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await host.Issuer.TokenAsync($"in-the-role-of-{role}", role));
        return request;
    }
}
