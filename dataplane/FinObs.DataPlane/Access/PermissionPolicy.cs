using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access;

/// <summary>The permission that an endpoint asks for; tests and the API reference read it there.</summary>
internal sealed record PermissionRequirement(string Permission) : IAuthorizationRequirement;

/// <summary>Lets in whoever has the permission by role or by key; without any configured access, everybody on this machine.</summary>
internal sealed class PermissionHandler(IOptions<AccessOptions> options) : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (!options.Value.IsConfigured || Caller.Has(context.User, requirement.Permission)) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

internal static class PermissionEndpoints
{
    /// <summary>Closes an endpoint, or a group of them, to whoever lacks the permission. On both, both are asked for.</summary>
    /// <param name="builder">Endpoint or group.</param>
    /// <param name="permission">Of <see cref="Permissions"/>.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder
    {
        PermissionRequirement requirement = new(permission);
        return builder.RequireAuthorization(new AuthorizationPolicyBuilder().AddRequirements(requirement).Build()).WithMetadata(requirement);
    }
}
