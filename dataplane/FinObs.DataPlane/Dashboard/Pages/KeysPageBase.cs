using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Which machines are let in, for what, and for how long?</summary>
public abstract class KeysPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "before")]
    public Guid? Before { get; set; }

    [Inject]
    internal AccessReader Reader { get; set; } = null!;

    [Inject]
    internal ApiKeys Keys { get; set; } = null!;

    private protected KeysModel? Model { get; private set; }

    protected string NewName { get; set; } = "";

    protected int Days { get; set; } = 90;

    protected HashSet<string> Wanted { get; } = new(StringComparer.Ordinal);

    /// <summary>Shown until the page is left, and nowhere else.</summary>
    protected string? Made { get; private set; }

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    /// <summary>Nobody gives what they do not have, and some things are for people only.</summary>
    private protected IReadOnlyList<string> Givable => [.. Permissions.All.Where(permission => Who.May(permission) && !ApiKeysApi.NotForKeys.Contains(permission)).Order(StringComparer.Ordinal)];

    protected string Title => Model is not { Items.Count: > 0 } it ? "No key was made yet"
        : $"{Words.Plural(it.Items.Count(one => one.Counts), "key counts", "keys count")}{(it.Items.Count(one => one is { Counts: true, State: "watch" }) is > 0 and var soon ? $", {Words.Count(soon)} not much longer" : "")}";

    protected string Older(Guid next) => new Uri(Navigation.GetUriWithQueryParameter("before", next)).PathAndQuery;

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync(Navigation.Uri, () => Reader.KeysAsync(Before, cancellationToken));

    protected void Toggle(string permission)
    {
        if (!Wanted.Remove(permission))
        {
            Wanted.Add(permission);
        }
    }

    protected Task MakeAsync() => DoAsync(async who =>
    {
        KeyWanted wanted = new(NewName, [.. Wanted], Days);
        if (ApiKeysApi.Refuse(wanted, who.May) is var (_, why))
        {
            Problem = why;
            return;
        }

        (_, Made) = await Keys.CreateAsync(NewName.Trim(), Wanted, TimeSpan.FromDays(Days), who.Name, Left);
        NewName = "";
        Wanted.Clear();
    });

    private protected Task RevokeAsync(KeyAnswer key) => DoAsync(async who =>
        Said = await Keys.RevokeAsync(key.Id, who.Name, Left) ? $"{key.Name} counts no more, on every replica within a second. The audit log has it." : $"{key.Name} did not count any more.");

    private async Task DoAsync(Func<Viewer, Task> act)
    {
        if (IsActing)
        {
            return;
        }

        (IsActing, Problem, Said, Made) = (true, null, null, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(Permissions.KeyManage))
            {
                Problem = "Your role does not do that any more.";
                return;
            }

            await act(who);
            Model = await Reader.KeysAsync(Before, Left);
        }
        finally
        {
            IsActing = false;
        }
    }
}
