using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Mcp;
using FinObs.DataPlane.Mcp.Tools;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>A tool that whoever looks may call here.</summary>
internal sealed record ToolLine(string Name, string Title, string Description, string Permission, string Example);

/// <summary>How does anything else reach this host?</summary>
public abstract class ConnectPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "client")]
    public string? ClientInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "door")]
    public string? DoorInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "tool")]
    public string? ToolInAddress { get; set; }

    [Inject]
    internal ToolCatalogue Catalogue { get; set; } = null!;

    [Inject]
    internal IOptions<McpOptions> Options { get; set; } = null!;

    [Inject]
    internal IDatabase Database { get; set; } = null!;

    private Guid? Transaction { get; set; }

    protected string Client => ConnectSnippets.Clients.FirstOrDefault(one => one.Key == ClientInAddress)?.Key ?? ConnectSnippets.Clients[0].Key;

    /// <summary>The door with the tools that write, too.</summary>
    protected bool Writes => DoorInAddress == "all";

    private protected ConnectSnippets Snippets => new((Options.Value.PublicUrl?.GetLeftPart(UriPartial.Authority) ?? Navigation.BaseUri).TrimEnd('/'), needsKey: !Who.IsLocal);

    /// <summary>None that writes: what is tried here changes nothing.</summary>
    private protected IReadOnlyList<ToolLine> Tools => [.. Catalogue.For(Who.Principal, readOnly: true).Select(tool => LineOf(tool.Card))];

    private protected ToolLine? Tool => Tools.FirstOrDefault(tool => tool.Name == ToolInAddress) ?? (Tools.Count > 0 ? Tools[0] : null);

    protected int Writing => Catalogue.For(Who.Principal, readOnly: false).Count(tool => tool.Card.Writes);

    protected string AddressOf(string name, string? value) => new Uri(Navigation.GetUriWithQueryParameter(name, value)).PathAndQuery;

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = Database.CreateContext();
        Transaction = await db.Transactions.Where(row => row.Namespace == Namespace).OrderByDescending(row => row.Id).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancellationToken);
    }

    private ToolLine LineOf(ToolCard card) => new(card.Name, card.Title, card.Description, card.Permission, ToolExample.Of(card.Input.Schema, Transaction));
}
