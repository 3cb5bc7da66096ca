using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Everything that was done about one thing, each act with its proof.</summary>
public abstract class AuditStoryPageBase : DashboardPage
{
    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    internal AuditPageReader Reader { get; set; } = null!;

    private protected AuditStoryModel? Model { get; private set; }

    /// <summary>What the leaf commits to, for those who may read it.</summary>
    private protected static IReadOnlyList<(string Name, string Value)> PayloadOf(AuditActAnswer act) => act.Payload is { ValueKind: JsonValueKind.Object } payload
        ? [.. payload.EnumerateObject().Where(member => member.Value.ValueKind is not JsonValueKind.Null && member.Name != "v").Select(member => (Words.Act(member.Name), member.Value.ToString()))]
        : [];

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync($"{Id}", () => Reader.StoryAsync(Id, Who, cancellationToken));
}
