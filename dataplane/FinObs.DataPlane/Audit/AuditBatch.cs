using System.Security.Cryptography;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Audit;

/// <summary>Composes the leaves of one namespace for the subjects it was prepared for. For one thread; <see cref="Fork"/> makes another for a second thread.</summary>
internal sealed class AuditBatch(string @namespace, Dictionary<string, SubjectKey> keys, OrderedIds ids) : IDisposable
{
    private const int RandomPerLeaf = OrderedIds.RandomBytes + SealedPayload.NonceSize + SealedPayload.SaltSize;
    private readonly Dictionary<Guid, AesGcm> _ciphers = [];
    private readonly CanonicalJsonWriter _json = new();
    private readonly byte[] _random = new byte[RandomPerLeaf * 64]; // the system's generator costs a microsecond a call, whatever the size
    private int _randomUsed = RandomPerLeaf * 64;
    private byte[] _plain = new byte[2048];
    private byte[] _packed = new byte[4096];

    /// <summary>The same keys for another thread.</summary>
    public AuditBatch Fork() => new(@namespace, keys, ids);

    /// <exception cref="InvalidOperationException">The act is of another namespace, or of a subject that was not prepared.</exception>
    public ComposedLeaf Compose(in AuditAct act)
    {
        if (act.Namespace != @namespace || !keys.TryGetValue(act.Subject ?? SubjectKeyRow.NamespaceSubject, out var key))
            throw new InvalidOperationException("The act's namespace and subject were not prepared for this batch.");

        var random = Random();
        var id = ids.Next(act.At, random);
        var plain = Salted(act.Payload.Span, random[^SealedPayload.SaltSize..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(plain, digest);

        _json.Reset();
        LeafDocument.Write(_json, act, id, act.Subject is null ? null : key.Token, digest, TraceId(act.Traceparent));
        var leaf = new AuditLeaf
        {
            Id = id,
            Namespace = act.Namespace,
            Kind = act.Kind,
            RefId = act.Ref,
            AboutId = act.About,
            KeyId = key.Id,
            Leaf = _json.Written.ToArray(),
            Payload = SealedPayload.Seal(CipherOf(key), random.Slice(OrderedIds.RandomBytes, SealedPayload.NonceSize), Packed(plain), id),
        };
        return new ComposedLeaf(leaf, new OutboxMessage
        {
            Id = id,
            Namespace = act.Namespace,
            Topic = act.Topic,
            SubjectId = act.Topic is null ? null : act.Ref,
            LeafId = id,
            LeafHash = MerkleHash.Leaf(leaf.Leaf),
            CreatedAt = act.At,
            Traceparent = act.Traceparent,
        });
    }

    public void Dispose()
    {
        foreach (var cipher in _ciphers.Values) cipher.Dispose();
    }

    private ReadOnlySpan<byte> Salted(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> salt)
    {
        var size = SealedPayload.SaltSize + payload.Length;
        if (_plain.Length < size) _plain = new byte[size * 2];
        salt.CopyTo(_plain);
        payload.CopyTo(_plain.AsSpan(SealedPayload.SaltSize));
        return _plain.AsSpan(0, size);
    }

    private ReadOnlySpan<byte> Packed(ReadOnlySpan<byte> salted)
    {
        if (_packed.Length < 2 * salted.Length) _packed = new byte[2 * salted.Length];
        salted[..SealedPayload.SaltSize].CopyTo(_packed);
        var size = PackedJson.Pack(salted[SealedPayload.SaltSize..], _packed.AsSpan(SealedPayload.SaltSize));
        return _packed.AsSpan(0, SealedPayload.SaltSize + size);
    }

    private AesGcm CipherOf(SubjectKey key)
    {
        if (!_ciphers.TryGetValue(key.Id, out var cipher)) _ciphers[key.Id] = cipher = new AesGcm(key.Key, SealedPayload.TagSize);
        return cipher;
    }

    private ReadOnlySpan<byte> Random()
    {
        if (_randomUsed == _random.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _randomUsed = 0;
        }
        _randomUsed += RandomPerLeaf;
        return _random.AsSpan(_randomUsed - RandomPerLeaf, RandomPerLeaf);
    }

    /// <summary>The trace id within a W3C traceparent: 00-TRACE-SPAN-FLAGS.</summary>
    private static string? TraceId(string? traceparent) => traceparent is { Length: >= 35 } ? traceparent[3..35] : null;
}
