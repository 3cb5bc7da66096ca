namespace FinObs.DataPlane.Ingestion.Inbound;

/// <summary>Section <c>Inbound</c>: senders that have a form and a signature of their own, by the name under which they post: <c>POST /webhooks/inbound/{name}</c>.</summary>
internal sealed class InboundOptions
{
    public const string Section = "Inbound";

    public Dictionary<string, InboundSourceOptions> Sources { get; set; } = [];
}

/// <summary>What a body looks like.</summary>
internal enum InboundFormKind
{
    /// <summary>The form of <c>POST /webhooks/transactions</c>.</summary>
    FinObs = 0,

    /// <summary>Events of Stripe.</summary>
    Stripe = 1,

    /// <summary>Webhooks of Plaid, and the answer of its <c>/transactions/sync</c>.</summary>
    Plaid = 2,

    /// <summary>Anything, by the paths of <see cref="InboundSourceOptions.Mapping"/>.</summary>
    Mapped = 3,
}

/// <summary>How a sender proves itself.</summary>
internal enum InboundSignatureKind
{
    /// <summary>Standard Webhooks: HMAC-SHA256 (<c>whsec_…</c>) or Ed25519 (<c>whpk_…</c>).</summary>
    StandardWebhooks = 0,

    /// <summary><c>Stripe-Signature</c>.</summary>
    Stripe = 1,

    /// <summary><c>Plaid-Verification</c>, a JWT.</summary>
    Plaid = 2,

    /// <summary><c>X-Hub-Signature-256</c>, as GitHub signs; without a time, so that only ids tell a replay.</summary>
    Hub = 3,

    /// <summary>Not at all: for a sender that has a key of this host's own access control.</summary>
    None = 4,
}

internal sealed class InboundSourceOptions
{
    public InboundFormKind Form { get; set; }

    public InboundSignatureKind Signature { get; set; }

    /// <summary>Where its transactions go.</summary>
    public string Namespace { get; set; } = IngestQuery.DefaultNamespace;

    /// <summary>A file with the secret that signs, one a line: while a secret is rotated, the old and the new one.</summary>
    public string? SecretFile { get; set; }

    /// <summary>The same in place, where a file will not do (an environment variable).</summary>
    public string? Secret { get; set; }

    /// <summary>How far the signed time may lie from ours. What is older is a replay, or late by more than the sender's own retries sign.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Of <see cref="InboundFormKind.Mapped"/>: the path of each field, as in a PullSource, e.g. <c>amount: $.amt</c>.</summary>
    public Dictionary<string, string> Mapping { get; set; } = [];

    /// <summary>Of <see cref="InboundFormKind.Mapped"/>: where the items are; without it the body is one item, or an array of them.</summary>
    public string? ItemsPath { get; set; }

    /// <summary>Of <see cref="InboundFormKind.Plaid"/>: pending transactions too, which come again under another id once they are posted.</summary>
    public bool Pending { get; set; }

    /// <summary>Of <see cref="InboundFormKind.Plaid"/>: the PullSource (in the same namespace) that is run when Plaid says that there is something to fetch.</summary>
    public string? PullSource { get; set; }

    /// <summary>Of <see cref="InboundSignatureKind.Plaid"/>: whose keys are asked for.</summary>
    public PlaidKeyOptions Plaid { get; set; } = new();
}

internal sealed class PlaidKeyOptions
{
    /// <summary>Plaid's API: the production one, or <c>https://sandbox.plaid.com</c>.</summary>
    public Uri Api { get; set; } = new("https://production.plaid.com");

    public string ClientId { get; set; } = "";
}
