using FinObs.DataPlane.Access;
using Scalar.AspNetCore;

namespace FinObs.DataPlane.Operations;

/// <summary><c>/openapi.json</c> and a page to read it, <c>/docs</c>: served from here, with nothing that talks to another host.</summary>
internal static class ApiReference
{
    public static void MapApiReference(this WebApplication app)
    {
        app.MapOpenApi("/openapi.json").RequireAnyPermission();
        app.MapScalarApiReference("/docs", docs => docs
            .WithTitle("FinObs API")
            .WithOpenApiRoutePattern("/openapi.json")
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools()
            .HideClientButton()).RequireAnyPermission();
    }
}
