using System.Globalization;
using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Why was this decided, is it right, and what is done about it?</summary>
public abstract class DecisionPageBase : DashboardPage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    private CancellationTokenSource? _trying;

    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    internal DecisionReader Reader { get; set; } = null!;

    [Inject]
    internal WhatIf WhatIf { get; set; } = null!;

    [Inject]
    internal DecisionOverrides Overrides { get; set; } = null!;

    [Inject]
    internal IOptions<DashboardOptions> Options { get; set; } = null!;

    private protected DecisionModel? Model { get; private set; }

    /// <summary>Where its trace is shown, if that is configured.</summary>
    protected string? TraceAddress => Options.Value.TraceOf(Model!.Detail.TraceId);

    /// <summary>What people and agents did after the machine, and how long after it came.</summary>
    private protected IReadOnlyList<(string Text, TimeSpan After)> Later =>
        [.. (Model!.Story ?? []).Where(act => act.At - Model.Detail.ReceivedAt >= TimeSpan.FromSeconds(1)).Select(act => ($"{Words.Act(act.Kind)}, {Words.Actor(act.Actor)}", act.At - Model.Detail.ReceivedAt))];

    private protected WhatIfCurve? Curve { get; private set; }

    private protected WhatIfPoint? Tried { get; private set; }

    protected int Slider { get; private set; }

    protected Decision? To { get; set; }

    protected string Note { get; set; } = "";

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected Guid? OpenRequest { get; private set; }

    protected bool IsActing { get; private set; }

    protected IEnumerable<Decision> Others => Enum.GetValues<Decision>().Where(other => other != Model!.Detail.EffectiveDecision);

    /// <summary>The first reasons as one sentence.</summary>
    protected string Sentence => Model!.Detail.Decision switch
    {
        { Reasons: [] } => "Approved: nothing about it is rare enough for this account, and no rule objects.",
        { Reasons: var reasons, Decision: var decision } => $"{Words.Past(decision)}: {string.Join("; ", reasons.Take(2).Select(reason => reason.Text.TrimEnd('.')))}.",
    };

    protected string? WhyNote => Model!.Detail.Explanation is { Contributions.Count: > 0 } explanation ? $"margin units · {(explanation.Method == "tree_shap_exact" ? "exact ✓" : explanation.Method)}" : null;

    protected string? PastNote => Model!.Past is { } past ? $"{past.BaseCurrency}, on a logarithmic scale" : null;

    protected string PastSentence
    {
        get
        {
            AccountPast past = Model!.Past!;
            string history = past.Transactions == 0 ? "It has no history: this is its first transaction."
                : $"{Words.Plural(past.Transactions, "transaction", "transactions")} before this one, over {past.HistoryDays.ToString("N0", CultureInfo.InvariantCulture)} days.";
            string times = past is { MeanAmount: > 0 and { } mean, ThisAmount: { } amount } ? $" The amount is {Words.Rounded(amount / mean)} × its 30-day mean of {mean.ToString("N2", CultureInfo.InvariantCulture)}." : "";
            string party = past.KnowsCounterparty switch { true => " The counterparty is known.", false => " The counterparty is new.", null => "" };
            return history + times + party;
        }
    }

    protected string SimilarNote
    {
        get
        {
            int fraud = Model!.Similar.Count(one => one.Label == "Fraud"), known = Model.Similar.Count(one => one.Label is not null);
            return known == 0 ? "nobody has said yet what they were" : $"{fraud} of {known} that are known were fraud";
        }
    }

    /// <summary>The nearest amounts that are decided otherwise, to a hundredth; each was decided, not read off the curve.</summary>
    protected string WhatIfSentence
    {
        get
        {
            WhatIfCurve curve = Curve!;
            string now = curve.Now == Model!.Detail.Decision.Decision ? "" : $"The account has moved on: now this amount itself would be {Words.Would(curve.Now)}. ";
            string[] parts = [.. new[] { (curve.Down, "less"), (curve.Up, "more") }.Where(one => one.Item1 is not null).Select(one => Otherwise(one.Item1!, one.Item2))];
            return now + (parts.Length == 0 ? $"Whatever the amount: {Words.Would(curve.Now)}." : $"{string.Join("; ", parts)}.");
        }
    }

    private string Otherwise(WhatIfPoint point, string than) =>
        $"{Model!.Detail.Currency} {point.Amount.ToString("N2", CultureInfo.InvariantCulture)} or {(than == "less" ? "a little less" : "a little more")} would be {Words.Would(point.Decision)}";

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        (Said, Problem, To, Tried, Curve, OpenRequest) = (null, null, null, null, null, null);
        Model = await KeptAsync($"{Id}", () => Reader.ReadAsync(Id, Who, cancellationToken));
        if (IsLive && Who.May(Permissions.ExplainRead) && Model?.Detail.Explanation is { Contributions.Count: > 0 })
        {
            await ReadCurveAsync(cancellationToken);
        }
    }

    /// <summary>A model that is away is no reason not to show the rest.</summary>
    private async Task ReadCurveAsync(CancellationToken cancellationToken)
    {
        try
        {
            Curve = await WhatIf.CurveAsync(Id, cancellationToken);
            Slider = Curve is { } curve ? PlaceOf((double)Model!.Detail.Amount, curve) : 0;
        }
        catch (Transactions.PipelineUnavailableException)
        {
            Curve = null;
        }
    }

    protected Task Slide(ChangeEventArgs e)
    {
        if (Curve is not { } curve || !int.TryParse(e.Value as string, out int place))
        {
            return Task.CompletedTask;
        }

        Slider = place;
        (double low, double high) = (Math.Log10((double)curve.Points[0].Amount), Math.Log10((double)curve.Points[^1].Amount));
        return TryAsync(Math.Round((decimal)Math.Pow(10, low + ((high - low) * place / 1000)), 2));
    }

    protected Task Type(ChangeEventArgs e)
    {
        if (Curve is not { } curve || !decimal.TryParse(e.Value as string, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal amount) || amount is <= 0 or > 1_000_000_000)
        {
            return Task.CompletedTask;
        }

        Slider = PlaceOf((double)amount, curve);
        return TryAsync(amount);
    }

    /// <summary>Scores after a moment in which nothing else was chosen.</summary>
    private async Task TryAsync(decimal amount)
    {
        CancellationTokenSource trying = CancellationTokenSource.CreateLinkedTokenSource(Left);
        CancellationTokenSource? before = Interlocked.Exchange(ref _trying, trying);
        if (before is not null)
        {
            await before.CancelAsync();
        }

        try
        {
            await Task.Delay(Patience, Time, trying.Token);
            Tried = await WhatIf.PointAsync(Id, amount, trying.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or Transactions.PipelineUnavailableException)
        {
            // Another amount was chosen meanwhile, or the model is away: what is shown stays.
        }
    }

    private static int PlaceOf(double amount, WhatIfCurve curve)
    {
        (double low, double high) = (Math.Log10((double)curve.Points[0].Amount), Math.Log10((double)curve.Points[^1].Amount));
        return (int)Math.Clamp(1000 * (Math.Log10(amount) - low) / Math.Max(1e-9, high - low), 0, 1000);
    }

    protected async Task OverrideAsync()
    {
        if (Model is not { Detail: { EffectiveDecision: var holds } } || To is not { } to || IsActing)
        {
            return;
        }

        OverrideRequest request = new(holds.OnTheWire(), to.OnTheWire(), Note);
        Problem = request.Problem() is { } wrong ? $"{char.ToUpperInvariant(wrong[0])}{wrong[1..]}" : null;
        if (Problem is not null)
        {
            return;
        }

        IsActing = true;
        try
        {
            await DoAsync(holds, to);
        }
        finally
        {
            IsActing = false;
        }
    }

    private async Task DoAsync(Decision holds, Decision to)
    {
        // What this person may is looked up again: the page may have been open since before it was taken away.
        Viewer who = await Callers.AgainAsync(Left);
        if (!who.May(Permissions.DecisionOverride))
        {
            Problem = "Your role does not override decisions any more.";
            return;
        }

        OverrideOutcome outcome = await Overrides.OverrideAsync(new WantedOverride(Id, holds, to, Note.Trim(), who.Name), Left);
        if (outcome is OverrideOutcome.Stale stale)
        {
            Problem = $"Somebody was faster: {Words.Verb(stale.Holds).ToLowerInvariant()} holds now. Look at it again.";
            Model = await Reader.ReadAsync(Id, who, Left);
            To = null;
            return;
        }

        Note = "";
        await Script.InvokeVoidAsync("finobs.forget", Left, $"{Id}");
        Model = await Reader.ReadAsync(Id, who, Left);
        To = null;
        (Said, OpenRequest) = outcome is OverrideOutcome.Waiting waiting
            ? ("A second person has to agree: a request is open.", waiting.ApprovalId)
            : ($"Done: {Words.Verb(to).ToLowerInvariant()} holds, and the audit log has it with your note.", (Guid?)null);
    }

    /// <summary>The note of an act, for those who may read it.</summary>
    private protected static string? NoteOf(AuditActAnswer act) =>
        act.Payload is { ValueKind: JsonValueKind.Object } payload && (payload.TryGetProperty("note", out JsonElement note) || payload.TryGetProperty("reason", out note)) && note.ValueKind == JsonValueKind.String
            ? note.GetString()
            : null;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _trying?.Cancel();
            _trying?.Dispose();
        }

        base.Dispose(disposing);
    }
}
