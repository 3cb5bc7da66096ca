using System.Security.Cryptography;
using System.Text;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Resources.Secrets;
using NSec.Cryptography;

namespace FinObs.DataPlane.Models.Verification;

/// <summary>What is known of an artifact's signature.</summary>
internal abstract record SignatureOutcome
{
    /// <summary>It verifies with this key, named by its algorithm and the SHA-256 of its SubjectPublicKeyInfo.</summary>
    internal sealed record Valid(string Key) : SignatureOutcome;

    /// <summary>It does not.</summary>
    internal sealed record Invalid(string Why) : SignatureOutcome;

    /// <summary>It could not be fetched; it is tried again.</summary>
    internal sealed record Unavailable(string Why) : SignatureOutcome;
}

/// <summary>
/// Verifies signatures over the ASCII text of an artifact's digest (<c>sha256:</c> and 64 hex digits, no line break): Ed25519, or ECDSA with SHA-256.
/// The signature is 64 raw bytes, DER, or either in base64; it is fetched by <c>https://</c> or stands in a <c>data:;base64,…</c>.
/// </summary>
internal sealed class ArtifactSignatures(ArtifactFetcher fetcher)
{
    private const string Inline = "data:;base64,";
    private const int LongestSignature = 4096;

    public async Task<SignatureOutcome> VerifyAsync(ArtifactSignature signature, string digest, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        if (secrets.FindText(signature.PublicKeyRef) is not { } pem)
        {
            return new SignatureOutcome.Invalid($"The key {signature.PublicKeyRef.Key} of the Secret {signature.PublicKeyRef.Name} is no text: it must be a public key in PEM.");
        }

        byte[] bytes;
        if (signature.SignatureUri.StartsWith(Inline, StringComparison.Ordinal))
        {
            bytes = Encoding.UTF8.GetBytes(signature.SignatureUri[Inline.Length..]);
        }
        else if (Uri.TryCreate(signature.SignatureUri, UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttps)
        {
            switch (await fetcher.FetchAsync(uri, LongestSignature, cancellationToken))
            {
                case FetchOutcome.Fetched fetched:
                    bytes = fetched.Bytes;
                    break;
                case FetchOutcome.Failed failed:
                    return new SignatureOutcome.Unavailable($"The signature could not be fetched: {failed.Why}");
                default:
                    throw new InvalidOperationException("An outcome that is not known.");
            }
        }
        else
        {
            return new SignatureOutcome.Invalid("spec.artifact.signature.signatureUri must be https://… or data:;base64,….");
        }

        return Verify(pem, Decoded(bytes), Encoding.ASCII.GetBytes(digest));
    }

    private static SignatureOutcome Verify(string pem, byte[] signature, byte[] message)
    {
        try
        {
            if (PublicKey.TryImport(SignatureAlgorithm.Ed25519, Encoding.UTF8.GetBytes(pem.Trim() + "\n"), KeyBlobFormat.PkixPublicKeyText, out PublicKey? key) && key is not null)
            {
                return Named(SignatureAlgorithm.Ed25519.Verify(key, message, signature), "ed25519", key.Export(KeyBlobFormat.PkixPublicKey));
            }

            using ECDsa ecdsa = ECDsa.Create();
            ecdsa.ImportFromPem(pem);
            bool isValid = ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                || ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            return Named(isValid, "ecdsa", ecdsa.ExportSubjectPublicKeyInfo());
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException)
        {
            return new SignatureOutcome.Invalid("The public key is neither Ed25519 nor ECDSA in PEM (-----BEGIN PUBLIC KEY-----).");
        }
    }

    private static SignatureOutcome Named(bool isValid, string algorithm, byte[] publicKeyInfo)
    {
        string name = $"{algorithm} sha256:{Convert.ToHexStringLower(SHA256.HashData(publicKeyInfo))}";
        return isValid
            ? new SignatureOutcome.Valid(name)
            : new SignatureOutcome.Invalid($"The signature over the digest's text does not verify with the key {name}: sign the text of spec.artifact.digest, without a line break.");
    }

    /// <summary>Base64 where it is that, else the bytes as they are.</summary>
    private static byte[] Decoded(byte[] bytes)
    {
        byte[] decoded = new byte[bytes.Length];
        return Convert.TryFromBase64String(Encoding.Latin1.GetString(bytes).Trim(), decoded, out int written) ? decoded[..written] : bytes;
    }
}
