using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace FinObs.DataPlane.Access;

/// <summary>The permission that an endpoint asks for; tests and the API reference read it there.</summary>
/// <param name="Permission">Of <see cref="Permissions"/>.</param>
/// <param name="OrTrainer">A retraining Job of the operator's will do as well; the endpoint looks whether it is one of its own namespace.</param>
internal sealed record PermissionRequirement(string Permission, bool OrTrainer = false) : IAuthorizationRequirement;

/// <summary>Asks for one permission, whichever: for what describes the API and holds nothing of anybody's.</summary>
internal sealed record AnyPermissionRequirement : IAuthorizationRequirement;

/// <summary>Asks for nothing but to be known: for what tells callers who they are.</summary>
internal sealed record KnownCallerRequirement : IAuthorizationRequirement;

/// <summary>Lets in whoever has the permission by role or by key.</summary>
internal sealed class PermissionHandler : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (Caller.Has(context.User, requirement.Permission) || (requirement.OrTrainer && Caller.TrainsIn(context.User) is not null)) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

/// <summary>Lets in whoever has any permission.</summary>
internal sealed class AnyPermissionHandler : AuthorizationHandler<AnyPermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AnyPermissionRequirement requirement)
    {
        if (context.User.HasClaim(claim => claim.Type == Caller.PermissionClaim) || context.User.FindAll(ClaimTypes.Role).Any(role => Roles.PermissionsOf(role.Value).Count > 0))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>Lets in whoever has shown who they are.</summary>
internal sealed class KnownCallerHandler : AuthorizationHandler<KnownCallerRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, KnownCallerRequirement requirement)
    {
        if (context.User.Identity is { IsAuthenticated: true }) context.Succeed(requirement);
        return Task.CompletedTask;
    }
}

internal static class PermissionEndpoints
{
    /// <summary>Closes an endpoint, or a group of them, to whoever lacks the permission. On both, both are asked for.</summary>
    /// <param name="builder">Endpoint or group.</param>
    /// <param name="permission">Of <see cref="Permissions"/>.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder => builder.Require(new PermissionRequirement(permission));

    /// <summary>The same, and lets retraining Jobs in: what belongs to a namespace must be looked at by <see cref="Caller.TrainsIn"/>.</summary>
    public static TBuilder RequirePermissionOrTrainer<TBuilder>(this TBuilder builder, string permission)
        where TBuilder : IEndpointConventionBuilder => builder.Require(new PermissionRequirement(permission, OrTrainer: true));

    /// <summary>Closes it to whoever has no permission at all.</summary>
    public static TBuilder RequireAnyPermission<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.Require(new AnyPermissionRequirement());

    /// <summary>Closes it to whoever does not say who they are.</summary>
    public static TBuilder RequireKnownCaller<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.Require(new KnownCallerRequirement());

    private static TBuilder Require<TBuilder>(this TBuilder builder, IAuthorizationRequirement requirement)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(new AuthorizationPolicyBuilder().AddRequirements(requirement).Build()).WithMetadata(requirement);
}
