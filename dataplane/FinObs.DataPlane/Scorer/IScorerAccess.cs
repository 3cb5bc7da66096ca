using FinObs.DataPlane.Access;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>Who may use the model.</summary>
internal interface IScorerAccess
{
    ValueTask<bool> AllowsAsync(HttpContext context);
}

/// <summary>A bearer key that stands in a mounted file, or the token of a service account that is named as a caller.</summary>
internal sealed class BearerAccess(IOptions<ScorerOptions> options, IOptions<AccessOptions> access, ServiceAccountTokens tokens, TimeProvider time) : IScorerAccess
{
    private readonly KeyFile _keys = new(options.Value.Access.ApiKeyFile, time);

    public async ValueTask<bool> AllowsAsync(HttpContext context)
    {
        ServiceAccountOptions accounts = access.Value.ServiceAccounts;
        if (options.Value.Access.ApiKeyFile is null && !accounts.IsConfigured)
        {
            return true;
        }

        return BearerHeader.Of(context.Request) is { } shown
            && (_keys.Holds(shown) || (await tokens.SubjectAsync(shown, context.RequestAborted) is { } subject && accounts.Callers.Contains(subject)));
    }
}
