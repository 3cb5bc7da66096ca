using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Exports;
using FinObs.DataPlane.Exports.Api;
using FinObs.DataPlane.Exports.Store;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What was taken out, by whom, and what can be?</summary>
public abstract class ExportsPageBase : DashboardPage
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);

    private bool _isWatching;

    [SupplyParameterFromQuery(Name = "before")]
    public Guid? Before { get; set; }

    [Inject]
    internal ExportsReader Reader { get; set; } = null!;

    [Inject]
    internal ExportOrders Orders { get; set; } = null!;

    private protected ExportsModel? Model { get; private set; }

    protected string Type { get; set; } = "";

    protected string Format { get; set; } = "csv";

    protected DateOnly? From { get; set; }

    protected DateOnly? To { get; set; }

    protected bool Personal { get; set; }

    protected string Reason { get; set; } = "";

    protected Dictionary<string, string> Filters { get; } = new(StringComparer.Ordinal);

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    private protected ExportTypeLine? Chosen => Model?.Types.FirstOrDefault(type => type.Type == Type);

    protected string Title => Model switch
    {
        null or { Items.Count: 0 } => "Nothing was exported",
        { IsUnderWay: true } => "An export is being made",
        { Items: var items } when items.Count(one => one.Status == nameof(ExportStatus.AwaitingApproval)) is > 0 and var waiting => $"{Words.Plural(waiting, "export waits", "exports wait")} for people to agree",
        { Items: var items } => $"{Words.Plural(items.Count(one => one.Status == nameof(ExportStatus.Ready)), "file is", "files are")} ready",
    };

    private protected static (string State, string Text) StateOf(string status) => status switch
    {
        nameof(ExportStatus.Ready) => ("good", "ready"),
        nameof(ExportStatus.Failed) => ("bad", "not made"),
        nameof(ExportStatus.Expired) => ("none", "file removed"),
        nameof(ExportStatus.AwaitingApproval) => ("watch", "people must agree"),
        _ => ("watch", "being made"),
    };

    /// <summary>In the unit that keeps it short.</summary>
    protected static string Size(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => $"{Words.Number(bytes / 1e3, 1)} kB",
        < 1_000_000_000 => $"{Words.Number(bytes / 1e6, 1)} MB",
        _ => $"{Words.Number(bytes / 1e9, 1)} GB",
    };

    protected string Older(Guid next) => new Uri(Navigation.GetUriWithQueryParameter("before", next)).PathAndQuery;

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, Before, cancellationToken));
        Type = Chosen is null ? Model is { Types: [var first, ..] } ? first.Type : "" : Type;
    }

    /// <summary>While one is being made the list follows.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (_isWatching || Model is not { IsUnderWay: true })
        {
            return;
        }

        _isWatching = true;
        CancellationToken left = Left;
        try
        {
            while (Model is { IsUnderWay: true } && !left.IsCancellationRequested)
            {
                await Task.Delay(LookAgain, Time, left);
                await ReloadAsync();
                StateHasChanged();
            }
        }
        catch (OperationCanceledException)
        {
            // The reader has gone on to another page.
        }
        finally
        {
            _isWatching = false;
        }
    }

    protected void Chose() => Filters.Clear();

    protected async Task MakeAsync()
    {
        if (IsActing)
        {
            return;
        }

        (IsActing, Problem, Said) = (true, null, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(Permissions.ExportCreate))
            {
                Problem = "Your role does not do that any more.";
                return;
            }

            ExportOutcome outcome = await Orders.TakeAsync(Wanted(), who.Name, who.May, Left);
            (Problem, Said) = outcome switch
            {
                ExportOutcome.Invalid no => (no.Why, null),
                ExportOutcome.Forbidden no => (no.Why, null),
                ExportOutcome.Taken { Row.Status: ExportStatus.AwaitingApproval } => (null, "People are asked to agree; it is made once they have."),
                _ => ((string?)null, (string?)"It is being made. The audit log has it."),
            };
            Reason = Problem is null ? "" : Reason;
            Model = await Reader.ReadAsync(Namespace, null, Left);
        }
        finally
        {
            IsActing = false;
        }
    }

    /// <summary>Days are UTC's; the last is in it.</summary>
    private ExportRequest Wanted() => new()
    {
        Type = Type,
        Format = Format,
        Namespace = Namespace,
        From = From is { } from ? new DateTimeOffset(from, TimeOnly.MinValue, TimeSpan.Zero) : null,
        To = To is { } to ? new DateTimeOffset(to.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null,
        PersonalData = Personal,
        Filters = Filters.Where(filter => !string.IsNullOrWhiteSpace(filter.Value)).ToDictionary(filter => filter.Key, filter => filter.Value.Trim()),
        Reason = string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim(),
    };
}
