using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models.Readiness;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Outbound;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Models.Versions;

/// <summary>Who scores a loaded version, in a sentence.</summary>
/// <param name="Message">The sentence.</param>
/// <param name="Again">When to look again although nothing changes here.</param>
internal sealed record ExternalUse(string Message, TimeSpan? Again = null);

/// <summary>
/// Has versions scored by servers of somebody else where their specs name one, at public or allowed addresses only. This process stands in wherever the
/// server does not answer or may not be asked.
/// </summary>
internal sealed class ExternalServers(IServingEndpoints endpoints, ModelLibrary library, IOptions<ModelOptions> options)
{
    /// <summary>For a name that may come to stand for another address.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ResourceKey, string> _used = [];
    private readonly OutboundAddresses _addresses = new(options.Value.AllowPrivateAddresses, options.Value.AllowedCidrs);

    /// <summary>Null where the spec names no server; then none is asked any more.</summary>
    public async Task<ExternalUse?> UseAsync(ResourceKey key, ModelVersionSpec spec, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        if (spec.Serving.External is not { } external)
        {
            Forget(key);
            return null;
        }

        if (!RemoteEndpoints.IsAddress(external.Url))
        {
            return Not(key, "spec.serving.external.url must have the form https://host:port, without a query");
        }

        string server = new Uri(external.Url).GetLeftPart(UriPartial.Authority);
        string? token = external.BearerSecretRef is { } reference ? secrets.FindText(reference)?.Trim() : null;
        if (external.BearerSecretRef is { } named && !IsToken(token))
        {
            return Not(key, $"{server} needs the key {named.Key} of the Secret {named.Name}, and its value is no token: printable ASCII without spaces is one");
        }

        if (!await MayBeAskedAsync(new Uri(external.Url).DnsSafeHost, cancellationToken))
        {
            return Not(key, $"{server} is no public address: add its range to Models:AllowedCidrs, or set Models:AllowPrivateAddresses") with { Again = Later };
        }

        await AskAsync(key, spec, external, token, cancellationToken);
        return new ExternalUse($"{server} scores it ({external.Protocol}); it is in memory, and this process scores where that server does not answer.");
    }

    /// <summary>It is scored in process, or by pods, again.</summary>
    public void Forget(ResourceKey key)
    {
        if (_used.TryRemove(key, out string? digest))
        {
            endpoints.SetExternal(key.Namespace, digest, null);
        }
    }

    private async Task AskAsync(ResourceKey key, ModelVersionSpec spec, ExternalServer external, string? token, CancellationToken cancellationToken)
    {
        ScoreOutput? output = (await library.FindAsync(spec.Artifact.Digest, cancellationToken))?.Scorer.Manifest.Output;
        _used[key] = spec.Artifact.Digest;
        endpoints.SetExternal(key.Namespace, spec.Artifact.Digest, new RemoteEndpoints([external.Url])
        {
            Protocol = external.Protocol == InferenceProtocol.Rest ? RemoteProtocol.Rest : RemoteProtocol.Grpc,
            External = new ExternalModel(
                new ServerReference(external.ModelName ?? spec.Model, external.ModelVersion ?? "", external.Input),
                new ScoreOutput(external.Output, output?.Column ?? 0, output?.LowerIsAnomalous ?? false)),
            BearerToken = token,
            Timeout = external.Timeout.Value,
            Allow = _addresses.Allow,
        });
    }

    private ExternalUse Not(ResourceKey key, string why)
    {
        Forget(key);
        return new ExternalUse($"It is in memory and scored here, because {why}.");
    }

    /// <summary>Asked again whenever a connection is made: a name may come to stand for something else. One that stands for nothing now is simply away.</summary>
    private async Task<bool> MayBeAskedAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return addresses.Length == 0 || addresses.Any(_addresses.Allow);
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private static bool IsToken(string? text) => text is { Length: > 0 } && text.All(letter => letter is > ' ' and <= '~');
}
