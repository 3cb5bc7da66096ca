using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.Retraining.Registration;

/// <summary>Where a trained model is brought to, and as what.</summary>
/// <param name="DataPlane">Address of the data plane.</param>
/// <param name="TokenFile">File with what is shown as bearer; none = nothing.</param>
/// <param name="Stage">The highest stage that the printed resource permits.</param>
internal sealed record RegistrationRequest(Uri DataPlane, string? TokenFile, ModelStage Stage)
{
    /// <exception cref="InputException">One of them cannot be used. Said before hours of training, not after.</exception>
    public static RegistrationRequest Of(string url, string? tokenFile, ModelStage stage)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address is not { UserInfo: "", Query: "", Fragment: "" })
        {
            throw new InputException($"--register takes the address of a data plane, like http://localhost:5080, not {url}.");
        }

        RegistrationRequest request = new(new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), tokenFile, stage);
        request.Token();
        return request;
    }

    /// <summary>Read for each use: a projected token is renewed in place.</summary>
    /// <exception cref="InputException">The file is not there or holds no token.</exception>
    public string? Token()
    {
        if (TokenFile is null)
        {
            return null;
        }

        string token = File.Exists(TokenFile) ? File.ReadAllText(TokenFile).Trim() : throw new InputException($"--register-token-file names {TokenFile}, which is not there.");
        return token.Length > 0 && token.All(letter => letter is > ' ' and <= '~')
            ? token
            : throw new InputException($"{TokenFile} holds no token: one line of printable ASCII is expected, a key of the data plane or a service account's token.");
    }
}
