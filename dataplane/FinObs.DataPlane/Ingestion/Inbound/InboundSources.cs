using System.Collections.Frozen;
using FinObs.DataPlane.Ingestion.Inbound.Forms;
using FinObs.DataPlane.Ingestion.Inbound.Signatures;
using FinObs.DataPlane.Ingestion.Mapping;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Ingestion.Inbound;

/// <summary>One sender.</summary>
/// <param name="Name">Under which it posts; the source of its transactions.</param>
/// <param name="Namespace">Where they go.</param>
/// <param name="Signature">How it proves itself.</param>
/// <param name="IsSigned">False where only the host's access control stands before it.</param>
/// <param name="Form">What it sends.</param>
/// <param name="PullSource">What is run when it says that there is something to fetch.</param>
internal sealed record InboundSource(string Name, string Namespace, IInboundSignature Signature, bool IsSigned, IInboundForm Form, string? PullSource);

/// <summary>The senders of the configuration, checked once.</summary>
internal sealed class InboundSources
{
    public const string PlaidClient = "plaid";

    private readonly FrozenDictionary<string, InboundSource> _sources;

    /// <exception cref="ConfigurationRefusedException">A source is not as it must be; the message names it and says what to write.</exception>
    public InboundSources(IOptions<InboundOptions> options, IOptions<IngestionOptions> limits, IHttpClientFactory clients, TimeProvider time, ILoggerFactory loggers)
    {
        _sources = options.Value.Sources.ToFrozenDictionary(
            pair => pair.Key, pair => Prepare(pair.Key, pair.Value, limits.Value.MaxItems, clients, time, loggers), StringComparer.Ordinal);
    }

    public InboundSource? Find(string name) => _sources.GetValueOrDefault(name);

    private static InboundSource Prepare(string name, InboundSourceOptions options, int maxItems, IHttpClientFactory clients, TimeProvider time, ILoggerFactory loggers)
    {
        Require(IngestQuery.IsSource(name), name, "its name is not a word: use at most 64 of a-z, 0-9, _, . and -, beginning with a letter or digit.");
        Require(IngestQuery.IsNamespace(options.Namespace), name, "Namespace is not a DNS label.");
        Require(options.Tolerance > TimeSpan.Zero, name, "Tolerance must be more than nothing, e.g. 00:05:00.");
        bool signed = options.Signature != InboundSignatureKind.None;
        Require(!signed || options.SecretFile is not null ^ options.Secret is not null, name, "name its secret: either SecretFile or Secret.");
        Require(options.SecretFile is null || File.Exists(options.SecretFile), name, $"SecretFile {options.SecretFile} is not there.");
        Require(options.PullSource is null || options.Form == InboundFormKind.Plaid, name, "PullSource goes with Form Plaid only.");
        SharedSecrets secrets = new(options.Secret, options.SecretFile, time);
        IInboundSignature signature = options.Signature switch
        {
            InboundSignatureKind.Stripe => new StripeSignature(secrets, options.Tolerance, time),
            InboundSignatureKind.Plaid => PlaidOf(name, options, secrets, clients, time, loggers),
            InboundSignatureKind.Hub => new HubSignature(secrets),
            InboundSignatureKind.None => new NoSignature(),
            _ => new StandardWebhooksSignature(secrets, options.Tolerance, time),
        };
        return new InboundSource(name, options.Namespace, signature, signed, FormOf(name, options, maxItems), options.PullSource);
    }

    private static PlaidSignature PlaidOf(string name, InboundSourceOptions options, SharedSecrets secrets, IHttpClientFactory clients, TimeProvider time, ILoggerFactory loggers)
    {
        Require(options.Plaid.ClientId.Length > 0, name, "Plaid:ClientId is missing: Plaid's keys are asked for with client id and secret.");
        return new PlaidSignature(new PlaidKeys(clients.CreateClient(PlaidClient), options.Plaid, secrets, time), options.Tolerance, time, loggers.CreateLogger<PlaidSignature>());
    }

    private static IInboundForm FormOf(string name, InboundSourceOptions options, int maxItems)
    {
        Require(options.Form == InboundFormKind.Mapped || (options.Mapping.Count == 0 && options.ItemsPath is null), name, "Mapping and ItemsPath go with Form Mapped only.");
        try
        {
            return options.Form switch
            {
                InboundFormKind.Stripe => new StripeForm(),
                InboundFormKind.Plaid => new PlaidForm(options.Pending, maxItems),
                InboundFormKind.Mapped => new MappedForm(TransactionMapping.Of(options.Mapping), options.ItemsPath is { } path ? JsonPath.Parse(path) : null, maxItems),
                _ => new OwnForm(maxItems),
            };
        }
        catch (FormatException exception)
        {
            throw new ConfigurationRefusedException($"Inbound:Sources:{name}: {exception.Message}");
        }
    }

    private static void Require(bool holds, string name, string otherwise)
    {
        if (!holds)
        {
            throw new ConfigurationRefusedException($"Inbound:Sources:{name}: {otherwise}");
        }
    }
}
