using System.Security.Cryptography;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Audit.Export;

/// <summary>Lines to the stream, their bytes into the digest.</summary>
internal sealed class DigestWriter(Stream output) : IDisposable
{
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public byte[] Digest() => _digest.GetCurrentHash();

    public async Task LineAsync(CanonicalJsonWriter json, CancellationToken cancellationToken)
    {
        byte[] line = [.. json.Written, (byte)'\n'];
        _digest.AppendData(line);
        await output.WriteAsync(line, cancellationToken);
    }

    public void Dispose() => _digest.Dispose();
}
