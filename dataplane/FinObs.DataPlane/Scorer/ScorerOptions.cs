using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.RegularExpressions;

namespace FinObs.DataPlane.Scorer;

/// <summary>Section <c>Scorer</c>: which one artifact this process serves, from where, to whom.</summary>
internal sealed partial class ScorerOptions : IValidatableObject
{
    public const string Section = "Scorer";

    /// <summary>Content address of the artifact, <c>sha256:</c> and 64 hex digits. Whatever else arrives is refused.</summary>
    public string ArtifactDigest { get; set; } = "";

    /// <summary>Where its zip is: <c>http(s)://…/v1/artifacts/{digest}</c> of a data plane, or <c>file://</c> and a zip or folder on a mount.</summary>
    public string ArtifactUrl { get; set; } = "";

    /// <summary>File with the bearer token for <see cref="ArtifactUrl"/>, read anew for each fetch: a projected service-account token is renewed in place.</summary>
    public string? TokenFile { get; set; }

    /// <summary>The same for a key that does not expire; one of the two.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>Where a verified artifact is kept over restarts of the container; none = fetched each time.</summary>
    public string? CacheFolder { get; set; }

    /// <summary>Most bytes that a fetch may take: the largest manifest and model that are opened at all, and the zip around them.</summary>
    [Range(1, long.MaxValue)]
    public long MaxArtifactBytes { get; set; } = 280L << 20;

    /// <summary>Rows of the reference sample that are scored, and some of them explained, before the first request may come.</summary>
    [Range(1, 100_000)]
    public int WarmupSamples { get; set; } = 256;

    /// <summary>Address to listen on; <c>*</c> = all of them.</summary>
    public string Address { get; set; } = "*";

    /// <summary>Port of REST, health and status (HTTP/1.1).</summary>
    [Range(0, 65_535)]
    public int HttpPort { get; set; } = 8080;

    /// <summary>Port of gRPC (HTTP/2 without TLS: clear text has no way to agree on a version, so it needs a port of its own).</summary>
    [Range(0, 65_535)]
    public int GrpcPort { get; set; } = 8081;

    /// <summary>Most rows of one request; more is answered RESOURCE_EXHAUSTED or 413.</summary>
    [Range(1, 1_000_000)]
    public int MaxBatchRows { get; set; } = 20_000;

    /// <summary>Most bytes of one request.</summary>
    [Range(1_024, 1 << 30)]
    public int MaxBodyBytes { get; set; } = 64 << 20;

    /// <summary>Requests that are computed at the same time; 0 = one a processor, because more only makes all of them slower.</summary>
    [Range(0, 1_024)]
    public int Concurrency { get; set; }

    /// <summary>Requests that may wait for their turn; more is answered UNAVAILABLE or 503, so that the caller tries another pod.</summary>
    [Range(0, 100_000)]
    public int QueuedRequests { get; set; } = 256;

    /// <summary>How long it still answers after the order to stop: as long as callers may take to hear that it is no longer ready.</summary>
    [Range(0, 3_600)]
    public int DrainSeconds { get; set; } = 10;

    public ScorerAccessOptions Access { get; set; } = new();

    /// <summary>Service accounts may come in; set from <c>Access:ServiceAccounts</c>.</summary>
    public bool AcceptsTokens { get; set; }

    public bool OnLoopbackOnly => IPAddress.TryParse(Address, out IPAddress? address) && IPAddress.IsLoopback(address);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Digest().IsMatch(ArtifactDigest))
        {
            yield return new("Scorer:ArtifactDigest must be sha256: and 64 hex digits; `train` prints it, and so does the list of model versions.");
        }

        if (!Uri.TryCreate(ArtifactUrl, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https" or "file"))
        {
            yield return new("Scorer:ArtifactUrl must be http://, https:// or file:// and where the artifact is.");
        }

        if (TokenFile is not null && ApiKeyFile is not null)
        {
            yield return new("Set Scorer:TokenFile or Scorer:ApiKeyFile, not both.");
        }

        if (Address != "*" && !IPAddress.TryParse(Address, out _))
        {
            yield return new("Scorer:Address must be an IP address or * for all.");
        }

        if (Access.ApiKeyFile is null && !AcceptsTokens && !OnLoopbackOnly)
        {
            yield return new(
                $"Refusing to listen on {Address} without a key: whoever reaches the port could use the model. Set Scorer:Access:ApiKeyFile or Access:ServiceAccounts, or Scorer:Address 127.0.0.1 for this machine only.");
        }
    }

    [GeneratedRegex("^sha256:[0-9a-f]{64}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Digest();
}

/// <summary>Section <c>Scorer:Access</c>: who may use the model.</summary>
internal sealed class ScorerAccessOptions
{
    /// <summary>File with the keys that callers may show, one a line: two at once let a key be changed without a gap. None = loopback only.</summary>
    public string? ApiKeyFile { get; set; }
}
