using System.Globalization;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access.Guarding;

/// <summary>How many requests one person or key may send a minute. Machines of the installation have no limit, and what brings transactions in has its own.</summary>
internal sealed class CallerLimits(IOptions<AccessOptions> access, TimeProvider time)
{
    private readonly MinuteCounter _requests = new(time);

    public Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        int most = access.Value.RateLimit.RequestsPerMinute;
        if (most == 0 || !IsLimited(context) || _requests.Add(Caller.NameOf(context)) <= most) return next(context);
        context.Response.Headers.RetryAfter = _requests.SecondsLeft().ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(
            $"More than {most} requests a minute from {Caller.NameOf(context)}: wait as long as Retry-After says, ask for larger pages, or raise Access:RateLimit:RequestsPerMinute.",
            statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }

    private static bool IsLimited(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, AuthenticationType: not (MachineAuthentication.Scheme or LocalAuthentication.Scheme) }
        && context.GetEndpoint()?.Metadata.GetMetadata<PermissionRequirement>()?.Permission != Permissions.TransactionCreate;
}
