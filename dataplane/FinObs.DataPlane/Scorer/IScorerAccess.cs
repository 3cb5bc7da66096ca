using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Inference;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>Who may use the model.</summary>
internal interface IScorerAccess
{
    ValueTask<bool> AllowsAsync(HttpContext context);
}

/// <summary>A bearer key that stands in a mounted file (compared by hash, so that time tells nothing of how much of it was right), or the token of a service account that is named as a caller.</summary>
internal sealed class BearerAccess(IOptions<ScorerOptions> options, IOptions<AccessOptions> access, ServiceAccountTokens tokens, TimeProvider time) : IScorerAccess
{
    private const string Scheme = "Bearer ";

    private readonly SecretFile? _keys = options.Value.Access.ApiKeyFile is { } path ? new SecretFile(path, time) : null;

    public async ValueTask<bool> AllowsAsync(HttpContext context)
    {
        ServiceAccountOptions accounts = access.Value.ServiceAccounts;
        if (_keys is null && !accounts.IsConfigured)
        {
            return true;
        }

        string header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        string shown = header[Scheme.Length..].Trim();
        return (_keys is not null && Knows(shown))
            || (accounts.IsConfigured && await tokens.SubjectAsync(shown, context.RequestAborted) is { } subject && accounts.Callers.Contains(subject));
    }

    private bool Knows(string text)
    {
        byte[] shown = Hash(text);
        bool known = false;
        foreach (string key in _keys!.Lines())
        {
            known |= CryptographicOperations.FixedTimeEquals(shown, Hash(key));
        }

        return known;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
