using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Inference;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>Who may use the model. Another way to tell (a service account's token) is registered in its place.</summary>
internal interface IScorerAccess
{
    ValueTask<bool> AllowsAsync(HttpContext context);
}

/// <summary>A bearer key that stands in a mounted file. Compared by hash, so that time tells nothing of how much of it was right.</summary>
internal sealed class KeyFileAccess(IOptions<ScorerOptions> options, TimeProvider time) : IScorerAccess
{
    private const string Scheme = "Bearer ";

    private readonly SecretFile? _keys = options.Value.Access.ApiKeyFile is { } path ? new SecretFile(path, time) : null;

    public ValueTask<bool> AllowsAsync(HttpContext context) => ValueTask.FromResult(_keys is null || Knows(context.Request.Headers.Authorization.ToString()));

    private bool Knows(string header)
    {
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        byte[] shown = Hash(header[Scheme.Length..].Trim());
        bool known = false;
        foreach (string key in _keys!.Lines())
        {
            known |= CryptographicOperations.FixedTimeEquals(shown, Hash(key));
        }

        return known;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
