using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Access;

/// <summary>Keys in a mounted file, one a line. Compared by their hashes, so that time tells nothing of how much of one was right.</summary>
/// <param name="path">None = no key is right.</param>
/// <param name="time">For reading it again.</param>
internal sealed class KeyFile(string? path, TimeProvider time)
{
    private readonly SecretFile? _file = string.IsNullOrEmpty(path) ? null : new SecretFile(path, time);

    public bool Holds(string key)
    {
        byte[] shown = Hash(key);
        bool found = false;
        foreach (string line in _file?.Lines() ?? [])
        {
            found |= CryptographicOperations.FixedTimeEquals(shown, Hash(line));
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
