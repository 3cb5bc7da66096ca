using FinObs.DataPlane.Access;

namespace FinObs.DataPlane.Dashboard;

/// <summary>
/// A page that is not for somebody's role, as a page: with status 403, the menu of what they may see, and whom to ask. The page is made as ever, and asks for its permission itself before it reads anything (as it does
/// when somebody comes from another page without a request): it has nothing to show but that.
/// </summary>
internal sealed class ForbiddenPage : IForbiddenAnswer
{
    public Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.GetEndpoint()!.RequestDelegate!(context);
    }
}
