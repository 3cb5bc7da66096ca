using FinObs.DataPlane.Access;
using FinObs.DataPlane.Agents.Runs;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Agents.Api;

/// <summary>Agents: asking for a run, and reading what came of it. People decide on what they propose under /v1/approvals.</summary>
internal static class AgentsApi
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapAgents(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/agents").WithTags("Agents");
        group.MapGet("", All).RequirePermission(Permissions.AgentRead).WithName("ListAgents").WithSummary("The agents, what they are made of, and what they begin by themselves.");
        group.MapPost("/{agent}/runs", AskAsync).RequirePermission(Permissions.AgentTriage).WithName("AskAgent")
            .WithSummary("Have an agent look at a case, a decision or a period. What it proposes waits for people; nothing is done.");
        group.MapGet("/runs", RunsAsync).RequirePermission(Permissions.AgentRead).WithName("ListAgentRuns").WithSummary("Runs, newest first, a page at a time; by state, agent and what they look at.");
        group.MapGet("/runs/{id:guid}", GetAsync).RequirePermission(Permissions.AgentRead).WithName("GetAgentRun").WithSummary("One run: finding with every claim and its verdict, evidence, and what came of it.");
        return app;
    }

    private static Ok<AgentList> All(IOptions<AgentsOptions> options)
    {
        AgentsOptions set = options.Value;
        string[] decisions = set.Decisions switch
        {
            CheckedDecisions.Block => ["block"],
            CheckedDecisions.ReviewAndBlock => ["manual_review", "block"],
            _ => [],
        };
        return TypedResults.Ok(new AgentList(
        [
            Of(AgentKind.IncidentTriage, "case", set.Cases ? ["decisions", "person"] : []),
            Of(AgentKind.ComplianceCheck, "decision", decisions),
            Of(AgentKind.Remediation, "case", set.Cases ? ["drift", "callbacks", "replay"] : []),
            Of(AgentKind.AuditSummary, "period", []),
        ]));
    }

    private static AgentAnswer Of(AgentKind kind, string looksAt, string[] byItself) => new(kind.OnTheWire(), AgentSources.Heuristic, looksAt, byItself);

    private static async Task<Results<Ok<AgentRunDetail>, ProblemHttpResult>> AskAsync(
        string agent, AgentRunRequest body, AgentRuns runs, AgentRunner runner, HttpContext context, CancellationToken cancellationToken)
    {
        (AgentInput? input, string? problem) = body.Check(agent);
        if (input is null)
        {
            return Problem(StatusCodes.Status400BadRequest, "The request is not valid.", problem!);
        }

        AgentRunRow run = await runs.AddAsync(AgentRunRow.Of(input, origin: null, Caller.NameOf(context), runs.Now()) with { Simulation = body.Simulation == true, Traceparent = System.Diagnostics.Activity.Current?.Id }, cancellationToken);

        // Whatever cannot be done now a worker does later: the answer says how far it is.
        await runner.RunAsync(run.Id, cancellationToken);
        return TypedResults.Ok(AgentRunDetail.Of((await runs.FindAsync(run.Id, cancellationToken))!, await runs.ActionsAsync(run.Id, cancellationToken)));
    }

    private static async Task<Results<Ok<AgentRunPage>, ProblemHttpResult>> RunsAsync(
        IDatabase database, string? state, string? agent, Guid? subject, Guid? before, int? limit, CancellationToken cancellationToken, string @namespace = ModelRouter.DefaultNamespace)
    {
        AgentRunState? wanted = Enum.GetValues<AgentRunState>().Where(one => string.Equals(one.ToString(), state, StringComparison.OrdinalIgnoreCase)).Select(one => (AgentRunState?)one).FirstOrDefault();
        AgentKind? kind = Enum.GetValues<AgentKind>().Where(one => one.OnTheWire() == agent).Select(one => (AgentKind?)one).FirstOrDefault();
        if ((state is not null && wanted is null) || (agent is not null && kind is null) || limit is < 1 or > MostLimit)
        {
            return Problem(
                StatusCodes.Status400BadRequest, "The page is not valid.",
                $"state must be one of {string.Join(", ", Enum.GetNames<AgentRunState>())}; agent one of {string.Join(", ", Enum.GetValues<AgentKind>().Select(one => one.OnTheWire()))}; limit a whole number from 1 to {MostLimit}.");
        }

        int most = limit ?? DefaultLimit;
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<AgentRunRow> rows = db.AgentRuns.Where(row => row.Namespace == @namespace);
        rows = wanted is { } at ? rows.Where(row => row.State == at) : rows;
        rows = kind is { } of ? rows.Where(row => row.Agent == of) : rows;
        rows = subject is { } id ? rows.Where(row => row.SubjectId == id) : rows;
        rows = before is { } last ? rows.Where(row => row.Id < last) : rows;
        List<AgentRunRow> page = await rows.OrderByDescending(row => row.Id).Take(most).ToListAsync(cancellationToken);
        return TypedResults.Ok(new AgentRunPage([.. page.Select(AgentRunAnswer.Of)], page.Count == most ? page[^1].Id.ToString() : null));
    }

    private static async Task<Results<Ok<AgentRunDetail>, ProblemHttpResult>> GetAsync(Guid id, AgentRuns runs, CancellationToken cancellationToken) =>
        await runs.FindAsync(id, cancellationToken) is { } run
            ? TypedResults.Ok(AgentRunDetail.Of(run, await runs.ActionsAsync(id, cancellationToken)))
            : Problem(StatusCodes.Status404NotFound, "Not found.", "There is no such run: GET /v1/agents/runs lists them.");

    private static ProblemHttpResult Problem(int status, string title, string detail) => TypedResults.Problem(detail, statusCode: status, title: title);
}
