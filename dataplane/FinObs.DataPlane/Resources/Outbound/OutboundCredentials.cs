using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>What one resource signs in with elsewhere, its Secrets read: every value can be sent as it is.</summary>
internal sealed class OutboundCredentials
{
    public static readonly OutboundCredentials None = new();

    /// <summary>A fixed <c>Authorization</c>.</summary>
    public AuthenticationHeaderValue? Authorization { get; private init; }

    /// <summary>A token has to be asked for with these.</summary>
    public TokenRequest? Token { get; private init; }

    /// <summary>The certificate shown when TLS is set up.</summary>
    public ClientCertificate? Certificate { get; private init; }

    /// <summary>Headers whose values are secret.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; private init; } = [];

    /// <summary>The secret texts, to be taken out of whatever repeats them.</summary>
    public IEnumerable<string> Values => ((string?[])[Authorization?.Parameter, Token?.ClientSecret]).OfType<string>().Concat(Headers.Select(header => header.Value));

    /// <summary>Reads the Secrets that <paramref name="auth"/> refers to.</summary>
    /// <exception cref="OutboundAuthException">One is missing, or is not what it has to be; the message says which, and holds no value.</exception>
    public static OutboundCredentials Of(OutboundAuth? auth, ResourceSecrets secrets)
    {
        if (auth is null)
        {
            return None;
        }

        return new OutboundCredentials
        {
            Authorization = auth.BearerSecretRef is { } bearer ? new AuthenticationHeaderValue("Bearer", Word(bearer, secrets))
                : auth.BasicSecretRef is { } basic ? Basic(basic, secrets)
                : null,
            Token = auth.Oauth2ClientCredentials is { } oauth
                ? new TokenRequest(new Uri(oauth.TokenUrl), oauth.ClientId, Line(oauth.ClientSecretRef, secrets), string.Join(' ', oauth.Scopes ?? []))
                : null,
            Certificate = auth.MtlsSecretRef is { } tls ? ReadCertificate(tls, secrets) : null,
            Headers = [.. (auth.Headers ?? []).Select(header => (header.Name, Line(header.SecretRef, secrets)))],
        };
    }

    /// <summary>Never shows a value.</summary>
    public override string ToString() => nameof(OutboundCredentials);

    private static AuthenticationHeaderValue Basic(SecretRef reference, ResourceSecrets secrets)
    {
        string user = Line(new SecretKeyRef { Name = reference.Name, Key = "username" }, secrets);
        string password = Line(new SecretKeyRef { Name = reference.Name, Key = "password" }, secrets);
        return user.Contains(':', StringComparison.Ordinal)
            ? throw new OutboundAuthException($"The username of the Secret {reference.Name} holds a colon, which cannot be sent (RFC 7617).")
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private static ClientCertificate ReadCertificate(SecretRef reference, ResourceSecrets secrets)
    {
        string chain = Text("tls.crt"), key = Text("tls.key");
        try
        {
            X509Certificate2Collection issuers = [];
            issuers.ImportFromPem(chain);
            X509Certificate2Collection roots = [];
            if (secrets.Of(reference.Name).TryGetValue("ca.crt", out byte[]? trusted))
            {
                roots.ImportFromPem(Encoding.UTF8.GetString(trusted));
            }

            return new ClientCertificate(X509Certificate2.CreateFromPem(chain, key), issuers, roots);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new OutboundAuthException($"The Secret {reference.Name} holds no certificate with its key: tls.crt and tls.key in PEM, unencrypted, are needed.");
        }

        string Text(string name) => secrets.FindText(new SecretKeyRef { Name = reference.Name, Key = name })
            ?? throw new OutboundAuthException($"The Secret {reference.Name} has no {name}: it must be of type kubernetes.io/tls.");
    }

    /// <summary>Printable ASCII without spaces.</summary>
    private static string Word(SecretKeyRef reference, ResourceSecrets secrets)
    {
        string text = Line(reference, secrets);
        return text.All(letter => letter is > ' ' and <= '~')
            ? text
            : throw new OutboundAuthException($"The key {reference.Key} of the Secret {reference.Name} is no token: printable ASCII without spaces is one.");
    }

    /// <summary>One line that a header can hold. The line break at the end of a file is no part of it.</summary>
    private static string Line(SecretKeyRef reference, ResourceSecrets secrets)
    {
        string text = secrets.FindText(reference)?.TrimEnd('\r', '\n')
            ?? throw new OutboundAuthException($"The Secret {reference.Name} has no key {reference.Key}, or its value is not UTF-8.");
        return text.Length > 0 && text.All(letter => letter is >= ' ' and <= '~' or > '\u009f')
            ? text
            : throw new OutboundAuthException($"The key {reference.Key} of the Secret {reference.Name} must be one line of text, not empty.");
    }
}

/// <summary>What a token is asked for with.</summary>
internal sealed record TokenRequest(Uri Url, string ClientId, string ClientSecret, string Scope)
{
    /// <summary>Never shows the secret.</summary>
    public override string ToString() => $"{ClientId} at {Url.Host}";
}

/// <summary>A certificate with its key, what it was issued by, and whom else to trust.</summary>
internal sealed record ClientCertificate(X509Certificate2 Own, X509Certificate2Collection Chain, X509Certificate2Collection TrustedRoots);

/// <summary>We cannot sign in: the message says what to do and holds no secret.</summary>
internal sealed class OutboundAuthException(string message, Exception? inner = null) : HttpRequestException(message, inner);
