using FinObs.DataPlane.Access;

namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary>The secrets that one sender may sign with: one, or two while it is rotated. A file is read again when it has changed.</summary>
internal sealed class SharedSecrets(string? secret, string? file, TimeProvider time)
{
    private readonly SecretFile? _file = file is null ? null : new SecretFile(file, time);

    public IReadOnlyList<string> Now() => _file?.Lines() ?? (secret is null ? [] : [secret]);
}
