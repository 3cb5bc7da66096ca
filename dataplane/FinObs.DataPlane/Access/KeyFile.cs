using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Access;

/// <summary>Keys in a file, one a line. Compared by their hashes, so that time tells nothing of how much of one was right; read again once the file has changed.</summary>
internal sealed class KeyFile(string path)
{
    private readonly Lock _lock = new();
    private DateTime _readAt;
    private byte[][] _hashes = [];

    public bool Holds(string key)
    {
        byte[] shown = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        bool found = false;
        foreach (byte[] hash in Hashes())
        {
            found |= CryptographicOperations.FixedTimeEquals(shown, hash);
        }

        return found;
    }

    private byte[][] Hashes()
    {
        DateTime changed = File.GetLastWriteTimeUtc(path);
        lock (_lock)
        {
            if (changed != _readAt)
            {
                _hashes = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => SHA256.HashData(Encoding.UTF8.GetBytes(line)))];
                _readAt = changed;
            }

            return _hashes;
        }
    }
}
