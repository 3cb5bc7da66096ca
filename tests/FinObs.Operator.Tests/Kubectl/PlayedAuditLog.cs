using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NSec.Cryptography;

namespace FinObs.Operator.Tests.Kubectl;

/// <summary>An audit log that answers as the data plane does. Roots, proofs and signatures are made here, by the recursive definitions of RFC 6962 section 2.1 and by NSec, and not by the code that checks them.</summary>
internal sealed class PlayedAuditLog : HttpMessageHandler
{
    private const string Origin = "finobs.bank.example";

    private readonly Key _key = Key.Create(SignatureAlgorithm.Ed25519);

    public List<byte[]> Leaves { get; } = [];

    public string VerifierKey
    {
        get
        {
            byte[] typed = [1, .. _key.PublicKey.Export(KeyBlobFormat.RawPublicKey)];
            return $"{Origin}+{Convert.ToHexStringLower(KeyId(typed))}+{Convert.ToBase64String(typed)}";
        }
    }

    public int Add(string text)
    {
        Leaves.Add(Encoding.UTF8.GetBytes(text));
        return Leaves.Count - 1;
    }

    protected override void Dispose(bool disposing)
    {
        _key.Dispose();
        base.Dispose(disposing);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Answer(request.RequestUri!));

    private HttpResponseMessage Answer(Uri uri)
    {
        string[] path = uri.AbsolutePath.Trim('/').Split('/');
        return path switch
        {
            ["v1", "audit", "checkpoint"] => Text(Checkpoint()),
            ["v1", "audit", "key"] => Text(VerifierKey + "\n"),
            ["v1", "audit", "leaves", var id, "proof"] => Json(new { index = id, size = $"{Leaves.Count}", hashes = Path(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture), [.. Leaves]).Select(Convert.ToBase64String), checkpoint = Checkpoint() }),
            ["v1", "audit", "leaves", var id] => int.TryParse(id, out int index) && index < Leaves.Count ? Json(new { leaf = Convert.ToBase64String(Leaves[index]) }) : new HttpResponseMessage(HttpStatusCode.NotFound),
            ["v1", "audit", "consistency"] => Json(new { hashes = Growth(int.Parse(uri.Query.Split('&')[0].Split('=')[1], System.Globalization.CultureInfo.InvariantCulture)).Select(Convert.ToBase64String) }),
            _ => new HttpResponseMessage(HttpStatusCode.NotFound),
        };
    }

    private string Checkpoint()
    {
        string text = $"{Origin}\n{Leaves.Count}\n{Convert.ToBase64String(Root([.. Leaves]))}\n";
        byte[] typed = [1, .. _key.PublicKey.Export(KeyBlobFormat.RawPublicKey)];
        byte[] signature = [.. KeyId(typed), .. SignatureAlgorithm.Ed25519.Sign(_key, Encoding.UTF8.GetBytes(text))];
        return $"{text}\n— {Origin} {Convert.ToBase64String(signature)}\n";
    }

    private static byte[] KeyId(byte[] typed) => SHA256.HashData([.. Encoding.UTF8.GetBytes(Origin), (byte)'\n', .. typed])[..4];

    private static byte[] Root(byte[][] leaves) => leaves.Length switch
    {
        0 => SHA256.HashData([]),
        1 => SHA256.HashData([0, .. leaves[0]]),
        _ => SHA256.HashData([1, .. Root(leaves[..Split(leaves.Length)]), .. Root(leaves[Split(leaves.Length)..])]),
    };

    /// <summary>PATH(m, D[n]).</summary>
    private static byte[][] Path(int m, byte[][] d)
    {
        if (d.Length <= 1) return [];
        int k = Split(d.Length);
        return m < k ? [.. Path(m, d[..k]), Root(d[k..])] : [.. Path(m - k, d[k..]), Root(d[..k])];
    }

    /// <summary>PROOF(m, D[n]).</summary>
    private byte[][] Growth(int m) => m == 0 || m == Leaves.Count ? [] : SubProof(m, [.. Leaves], isWhole: true);

    private static byte[][] SubProof(int m, byte[][] d, bool isWhole)
    {
        if (m == d.Length) return isWhole ? [] : [Root(d)];
        int k = Split(d.Length);
        return m <= k ? [.. SubProof(m, d[..k], isWhole), Root(d[k..])] : [.. SubProof(m - k, d[k..], isWhole: false), Root(d[..k])];
    }

    /// <summary>The largest power of two below n.</summary>
    private static int Split(int n)
    {
        int k = 1;
        while (k * 2 < n) k *= 2;
        return k;
    }

    private static HttpResponseMessage Text(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text) };

    private static HttpResponseMessage Json(object body) => new(HttpStatusCode.OK) { Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json") };
}
