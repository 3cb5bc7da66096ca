using System.Globalization;
using System.Text;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Mcp.Calls;

namespace FinObs.DataPlane.Mcp.Reading;

/// <summary><c>platform://regulations</c>: the rules in force with what asks for each, and what this system keeps for whom. Text, for reading.</summary>
internal sealed class RegulationsResource(RuleBook book, TimeProvider time) : McpResource
{
    private const string Kept = """
        What this system keeps, and which rules ask for such records (keeping them is not a claim of compliance, and this is no legal advice):
        - Each decision with its reasons, model digest, thresholds and rules, in an append-only log with signed checkpoints: SEC Rule 17a-4, FINRA Rule 4511, CFTC Part 46, MiFID II art. 16(6).
        - Who overrode, approved, exported or read what: the same log.
        - Suspicious activity reports are seen by those alone who need to know: 31 CFR 1020.320(e).
        - Models: inventory, validation by backtest and replay, monitoring for drift, change log, human oversight: supervisory guidance on model risk.

        """;

    public override string Address => "platform://regulations";

    public override string Name => "regulations";

    public override string Title => "Rules and regulations";

    public override string Description => "The deterministic rules in force with the law or policy that asks for each, and the records that are kept.";

    public override string MediaType => "text/plain";

    public override string Permission => Permissions.RuleRead;

    public override Task<ToolAnswer> ReadAsync(ToolCall call, CancellationToken cancellationToken)
    {
        RuleSet set = book.Current;
        DateTimeOffset now = time.GetUtcNow();
        StringBuilder text = new(Kept);
        text.Append(set.IsEmpty ? "No rules are configured: decisions are the model's alone.\n" : string.Create(CultureInfo.InvariantCulture, $"Rules (set {set.Digest}):\n"));
        foreach (RuleHead head in set.Rules.Select(rule => rule.Head).OrderBy(head => head.Id, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {head.Id} version {head.Version} ({head.Type}, {(head.Enabled && head.IsEffectiveAt(now) ? "in force" : "not in force")}): {head.Text.Template} Asked for by: {head.Regulation}.\n");
        }

        return Task.FromResult<ToolAnswer>(new ToolAnswer.Done(new TextAnswer(text.ToString())));
    }
}

/// <summary>Text on its way out.</summary>
internal sealed record TextAnswer(string Text);
