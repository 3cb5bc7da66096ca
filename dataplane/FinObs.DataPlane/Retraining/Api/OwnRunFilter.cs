using FinObs.DataPlane.Access;
using FinObs.DataPlane.Retraining.Runs;

namespace FinObs.DataPlane.Retraining.Api;

/// <summary>A retraining Job sees the runs of its own namespace; another's is not there for it.</summary>
internal sealed class OwnRunFilter(RetrainingRuns runs) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        if (Caller.TrainsIn(http.User) is { } space && Guid.TryParse(http.GetRouteValue("id") as string, out Guid id) && (await runs.FindAsync(id, http.RequestAborted))?.Namespace != space)
        {
            return RetrainingProblems.NoRun(id);
        }

        return await next(context);
    }
}
