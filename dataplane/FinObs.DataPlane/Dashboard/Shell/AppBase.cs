using FinObs.DataPlane.Access;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace FinObs.DataPlane.Dashboard.Shell;

/// <summary>The document around all pages, made once a request.</summary>
public abstract class AppBase : ComponentBase
{
    public const string ThemeCookie = "fo-theme";

    [CascadingParameter]
    private HttpContext? Context { get; set; }

    /// <summary>As the cookie says, so that the first paint has it; null = as the system is set.</summary>
    protected string? Theme => Context?.Request.Cookies[ThemeCookie] is "light" or "dark" ? Context.Request.Cookies[ThemeCookie] : null;

    /// <summary>An examiner's page has no live connection: each page is a request, and so each read is a leaf of the audit log.</summary>
    private protected IComponentRenderMode? Mode => Context?.User.IsInRole(Roles.Examiner) == true ? null : RenderMode.InteractiveServer;
}

/// <summary>Its markup is beside it; named here too, so that code that is read without it finds the name.</summary>
public sealed partial class App : AppBase;
