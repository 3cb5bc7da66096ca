using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access;

/// <summary>For what depends on a permission within an endpoint, such as fields that not everybody may see.</summary>
internal static class CallerPermissions
{
    /// <summary>By role, key or name; without any configured access, everybody on this machine.</summary>
    public static bool Has(HttpContext context, string permission) =>
        !context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.IsConfigured || Caller.Has(context.User, permission);
}
