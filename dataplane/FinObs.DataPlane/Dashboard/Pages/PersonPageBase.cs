using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;
using AccessRoles = FinObs.DataPlane.Access.Roles;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>One person: what they may, since when, by whom.</summary>
public abstract class PersonPageBase : DashboardPage
{
    private protected static readonly string[] All = [.. AccessRoles.OfPeople.Keys.Order(StringComparer.Ordinal)];

    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    internal AccessReader Reader { get; set; } = null!;

    [Inject]
    internal UserChanges Changes { get; set; } = null!;

    private protected PersonModel? Model { get; private set; }

    protected HashSet<string> Wanted { get; } = new(StringComparer.Ordinal);

    protected string Reason { get; set; } = "";

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected Guid? Asked { get; private set; }

    protected bool IsActing { get; private set; }

    /// <summary>Nobody changes their own access.</summary>
    protected bool IsMyself => Who.Name == $"user:{Id:D}";

    protected string Name => Model?.It.Name ?? $"user {Parts.Words.Tail(Id.ToString())}";

    /// <summary>What they may, by either way.</summary>
    private protected IReadOnlyList<string> May => [.. (Model?.It.Roles ?? []).Union(Model?.It.IssuerRoles ?? [], StringComparer.Ordinal).SelectMany(AccessRoles.PermissionsOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    protected bool IsChanged => Model is { } it && !Wanted.SetEquals(it.It.Roles);

    protected string ChangeText => Wanted.Count == 0 ? $"Take all roles from {Name}" : $"Make {Name} {string.Join(" and ", Wanted.Order(StringComparer.Ordinal))}";

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        (Said, Problem, Asked) = (null, null, null);
        Take(await KeptAsync($"{Id}", () => Reader.PersonAsync(Id, cancellationToken)));
    }

    protected void Toggle(string role)
    {
        if (!Wanted.Remove(role))
        {
            Wanted.Add(role);
        }
    }

    protected Task AssignAsync() => DoAsync(Permissions.UserRoleAssign, who => Changes.AssignAsync(Id, [.. Wanted], who.Name, ReasonOrNone(), Left));

    protected Task LetInAsync(bool isLetIn) => DoAsync(isLetIn ? Permissions.UserUpdate : Permissions.UserDelete, who => Changes.SetActiveAsync(Id, isLetIn, who.Name, ReasonOrNone(), Left));

    private string? ReasonOrNone() => string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim();

    private void Take(PersonModel? model)
    {
        Model = model;
        Wanted.Clear();
        Wanted.UnionWith(model?.It.Roles ?? []);
    }

    private async Task DoAsync(string permission, Func<Viewer, Task<UserOutcome>> act)
    {
        if (IsActing)
        {
            return;
        }

        (IsActing, Problem, Said, Asked) = (true, null, null, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            UserOutcome? outcome = who.May(permission) ? await act(who) : null;
            Problem = outcome switch
            {
                null => "Your role does not do that any more.",
                UserOutcome.Own => "Nobody changes their own access: ask another administrator.",
                UserOutcome.LastAdmin => "This is the last active admin: make another one first, or nobody could give the role again.",
                UserOutcome.NotFound => "There is no such person any more.",
                UserOutcome.Raced => "Somebody else has just changed this person: look again, and decide anew.",
                _ => null,
            };
            Asked = (outcome as UserOutcome.Asked)?.Request;
            Said = outcome is UserOutcome.Done ? "Done, from the next request on. The audit log has it." : Asked is null ? null : "People must agree to a new admin first.";
            Reason = Problem is null ? "" : Reason;
            Take(await Reader.PersonAsync(Id, Left));
        }
        finally
        {
            IsActing = false;
        }
    }
}
