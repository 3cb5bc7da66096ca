using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Models.Verification;

/// <summary>What is known of the artifact that a ModelVersion names.</summary>
/// <param name="Reason">Of the reasons of <c>ArtifactVerified</c>.</param>
/// <param name="Message">The same in a sentence that says what to do.</param>
internal sealed record ArtifactFinding(string Reason, string Message)
{
    /// <summary>Set once it is verified and stored.</summary>
    public ArtifactInfo? Artifact { get; init; }

    public string? SignatureVerifiedBy { get; init; }

    /// <summary>Set where it went wrong.</summary>
    public ModelFailureReason? Failure { get; init; }

    /// <summary>When to look again although nothing changes here; null = what is wrong stays wrong.</summary>
    public TimeSpan? Again { get; init; }
}

/// <summary>Finds an artifact's bytes, holds them against the digest, opens them once, checks the signature where one is asked for. Fails closed.</summary>
internal sealed class ArtifactVerifier(ArtifactStore store, ArtifactFetcher fetcher, ArtifactSignatures signatures, IOptions<ModelOptions> options)
{
    /// <summary>For what somebody is about to upload: the operator looks as often.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    private const string Uploaded = "finobs://";

    private static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    public async Task<ArtifactFinding> VerifyAsync(ModelVersionSpec spec, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        ModelArtifactSpec wanted = spec.Artifact;
        if (wanted.Uri.StartsWith(Uploaded, StringComparison.Ordinal) && wanted.Uri != Uploaded + wanted.Digest)
        {
            return Refused(
                ModelVersionReasons.DigestMismatch, ModelFailureReason.DigestMismatch, $"spec.artifact.uri names another digest than spec.artifact.digest ({wanted.Digest}): make them the same.");
        }

        ArtifactFinding found = await store.FindAsync(wanted.Digest, cancellationToken) is { } stored
            ? Verified(stored)
            : await FindAsync(wanted, cancellationToken);
        if (found.Artifact is not { } artifact)
        {
            return found;
        }

        if (artifact.Model != spec.Model || artifact.Version != spec.Version)
        {
            return Refused(
                ModelVersionReasons.Refused, ModelFailureReason.ArtifactRefused,
                $"The artifact says that it is {artifact.Model} {artifact.Version}, the spec says {spec.Model} {spec.Version}: name the version as its manifest does, or export it anew.");
        }

        return wanted.Signature is { } signature ? await SignedAsync(found, signature, wanted.Digest, secrets, cancellationToken) : found;
    }

    private async Task<ArtifactFinding> FindAsync(ModelArtifactSpec wanted, CancellationToken cancellationToken)
    {
        string upload = $"upload it (PUT /v1/artifacts/{wanted.Digest})";
        if (wanted.Uri.StartsWith(Uploaded, StringComparison.Ordinal))
        {
            return new ArtifactFinding(ModelVersionReasons.FetchFailed, $"The artifact is not here: {upload}.") { Failure = ModelFailureReason.ArtifactUnavailable, Again = Soon };
        }

        if (!Uri.TryCreate(wanted.Uri, UriKind.Absolute, out Uri? uri) || uri.Scheme != Uri.UriSchemeHttps)
        {
            return new ArtifactFinding(
                ModelVersionReasons.CheckedByPods, $"Only the pods can read {wanted.Uri.Split("://")[0]}://; each of them verifies the digest. To score in process too, {upload}.")
            { Again = Later };
        }

        return await fetcher.FetchAsync(uri, options.Value.MaxArtifactBytes, cancellationToken) switch
        {
            FetchOutcome.Fetched { Bytes: var bytes } => await StoreAsync(bytes, wanted, cancellationToken),
            FetchOutcome.Failed { Why: var why } => new ArtifactFinding(ModelVersionReasons.FetchFailed, $"{why} It is tried again; or {upload}.")
            {
                Failure = ModelFailureReason.ArtifactUnavailable,
                Again = Later,
            },
            _ => throw new InvalidOperationException("An outcome that is not known."),
        };
    }

    private async Task<ArtifactFinding> StoreAsync(byte[] bytes, ModelArtifactSpec wanted, CancellationToken cancellationToken)
    {
        try
        {
            using MemoryStream zip = new(bytes);
            ModelArtifact artifact = ModelArtifact.ReadZip(zip, wanted.Digest);
            artifact.Open().Dispose();
            await store.SaveAsync(artifact, ArtifactOrigins.Fetched, uploadedBy: null, cancellationToken);
            return Verified(ArtifactInfo.Of(artifact));
        }
        catch (ArtifactException refusal) when (refusal.Problem == ArtifactProblem.DigestMismatch)
        {
            return Refused(ModelVersionReasons.DigestMismatch, ModelFailureReason.DigestMismatch, refusal.Message);
        }
        catch (ArtifactException refusal)
        {
            return Refused(ModelVersionReasons.Refused, ModelFailureReason.ArtifactRefused, refusal.Message);
        }
    }

    private async Task<ArtifactFinding> SignedAsync(ArtifactFinding found, ArtifactSignature signature, string digest, ResourceSecrets secrets, CancellationToken cancellationToken) =>
        await signatures.VerifyAsync(signature, digest, secrets, cancellationToken) switch
        {
            SignatureOutcome.Valid { Key: var key } => found with { Message = $"The digest is right, and its signature verifies with the key {key}.", SignatureVerifiedBy = key },
            SignatureOutcome.Unavailable { Why: var why } => new ArtifactFinding(ModelVersionReasons.FetchFailed, why) { Failure = ModelFailureReason.ArtifactUnavailable, Again = Later },
            SignatureOutcome.Invalid { Why: var why } => Refused(ModelVersionReasons.SignatureInvalid, ModelFailureReason.SignatureInvalid, why),
            _ => throw new InvalidOperationException("An outcome that is not known."),
        };

    private static ArtifactFinding Verified(ArtifactInfo artifact) => new(ModelVersionReasons.Verified, "The bytes have the digest of the spec.") { Artifact = artifact };

    private static ArtifactFinding Refused(string reason, ModelFailureReason failure, string message) => new(reason, message) { Failure = failure };
}
