using System.Runtime.CompilerServices;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Agents;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>What agents found and what came of it, an act a row, by when it was.</summary>
internal sealed class AgentActionExport(IDatabase database) : IExportSource
{
    public string Type => "agent-actions";

    public string? Permission => Permissions.AgentRead;

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("id"), new("at"), new("run"), new("revision"), new("agent"), new("state"), new("actor"), new("detail"), new("approval"), new("simulation"), new("finding", IsPersonal: true), new("evidence", IsPersonal: true), new("leaf_id"),
    ];

    public IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string>
    {
        ["agent"] = string.Join(", ", Enum.GetValues<AgentKind>().Select(kind => kind.OnTheWire())),
        ["state"] = string.Join(", ", Enum.GetNames<AgentRunState>()),
        ["simulation"] = "true or false",
    };

    public string? Refuse(string filter, string value) => filter switch
    {
        "agent" when KindOf(value) is null => $"agent is one of {Filters["agent"]}.",
        "state" when !Enum.TryParse(value, ignoreCase: true, out AgentRunState _) => $"state is one of {Filters["state"]}.",
        "simulation" when value is not ("true" or "false") => "simulation is true or false.",
        _ => null,
    };

    public async IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (AgentActionRow row in ExportPages.ReadAsync(
            database, scope, (db, after, until) => Apply(db.AgentActions, scope).Where(row => row.Id > after && row.Id < until).OrderBy(row => row.Id), row => row.Id, cancellationToken))
        {
            yield return
            [
                row.Id, row.At, row.RunId, row.Revision, row.Agent.OnTheWire(), row.State.ToString(), row.Actor, row.Detail, row.ApprovalId, row.Simulation, row.Finding, row.Evidence, row.LeafId,
            ];
        }
    }

    private static IQueryable<AgentActionRow> Apply(IQueryable<AgentActionRow> rows, ExportScope scope)
    {
        rows = rows.Where(row => row.Namespace == scope.Namespace);
        if (scope.Filters.TryGetValue("agent", out string? name) && KindOf(name) is { } kind)
        {
            rows = rows.Where(row => row.Agent == kind);
        }

        if (scope.Filters.TryGetValue("state", out name) && Enum.TryParse(name, ignoreCase: true, out AgentRunState state))
        {
            rows = rows.Where(row => row.State == state);
        }

        return scope.Filters.TryGetValue("simulation", out string? flag) && (flag == "true") is var rehearsed ? rows.Where(row => row.Simulation == rehearsed) : rows;
    }

    private static AgentKind? KindOf(string name) => Enum.GetValues<AgentKind>().Cast<AgentKind?>().FirstOrDefault(kind => kind!.Value.OnTheWire() == name);
}
