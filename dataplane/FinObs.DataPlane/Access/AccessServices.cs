using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access;

internal static class AccessServices
{
    /// <summary>Endpoints that any workload with a token for us may use.</summary>
    public const string WorkloadPolicy = "workload";

    public const string KeysPath = "/v1/access/jwks";

    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section))
            .Validate(options => options.ApiKeyFile is not { Length: > 0 } file || File.Exists(file), "Access:ApiKeyFile names a file that is not there.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<AccessOptions>, ServiceAccountValidation>();
        services.AddSingleton<ServiceAccountTokens>();
        return services;
    }

    /// <summary>With nothing configured everybody on this machine is the operator; otherwise nobody is let in who does not say who it is.</summary>
    public static IServiceCollection AddAccessControl(this IServiceCollection services, IConfiguration configuration)
    {
        AccessOptions options = configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        services.AddAuthentication(MachineAuthentication.Scheme).AddScheme<AuthenticationSchemeOptions, MachineAuthentication>(MachineAuthentication.Scheme, configureOptions: null);
        AuthorizationBuilder policies = services.AddAuthorizationBuilder();
        if (options.IsConfigured)
        {
            AuthorizationPolicy operators = new AuthorizationPolicyBuilder().RequireRole(Caller.Operator).Build();
            policies.SetDefaultPolicy(operators).SetFallbackPolicy(operators).AddPolicy(WorkloadPolicy, policy => policy.RequireRole(Caller.Operator, Caller.Workload));
        }
        else
        {
            policies.AddPolicy(WorkloadPolicy, policy => policy.RequireAssertion(_ => true));
        }

        return services;
    }

    public static void UseAccessControl(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    public static void MapAccess(this IEndpointRouteBuilder app) =>
        app.MapGet(KeysPath, GetKeys).AllowAnonymous().WithTags("Access").WithSummary("The public keys that service-account tokens are verified with (JWKS), for scoring pods.");

    private static async Task<IResult> GetKeys(ServiceAccountTokens tokens, CancellationToken cancellationToken) =>
        await tokens.KeysAsync(cancellationToken) is { } keys
            ? TypedResults.Json(new { keys = keys.Keys.Select(Public) })
            : TypedResults.Problem("Service-account tokens are not configured here: set Access:ServiceAccounts:Issuer and Access:ServiceAccounts:Jwks.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>Named one by one, so that nothing else of a key could ever leave.</summary>
    private static object Public(JsonWebKey key) => new { kty = key.Kty, use = key.Use, kid = key.Kid, alg = key.Alg, n = key.N, e = key.E, crv = key.Crv, x = key.X, y = key.Y };

    private sealed class ServiceAccountValidation : IValidateOptions<AccessOptions>
    {
        public ValidateOptionsResult Validate(string? name, AccessOptions options)
        {
            string[] problems = [.. options.ServiceAccounts.Validate(new(options.ServiceAccounts)).Select(problem => problem.ErrorMessage!)];
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
