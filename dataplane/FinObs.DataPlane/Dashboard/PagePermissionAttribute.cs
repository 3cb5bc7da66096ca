using System.Reflection;

namespace FinObs.DataPlane.Dashboard;

/// <summary>The permission that a page asks for: at its address, in the menu, and again whenever it is shown.</summary>
/// <param name="permission">Of <see cref="Access.Permissions"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PagePermissionAttribute(string permission) : Attribute
{
    public string Permission { get; } = permission;

    public static string? Of(Type? page) => page?.GetCustomAttribute<PagePermissionAttribute>()?.Permission;
}
