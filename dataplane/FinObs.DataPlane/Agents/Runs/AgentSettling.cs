using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Agents.Runs;

/// <summary>Ends runs whose request ended without an act: what people said becomes the outcome. (What was done ended its run in its own commit.)</summary>
internal sealed class AgentSettling(IDatabase database, AgentRuns runs)
{
    private const int Most = 100;

    public async Task<int> PassAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var over = await (
            from run in db.AgentRuns
            join request in db.ApprovalRequests on run.ApprovalId equals request.Id
            where run.State == AgentRunState.Asked && request.Status != ApprovalStatus.Pending && request.Status != ApprovalStatus.Executed && (request.Status != ApprovalStatus.Approved || request.Simulation)
            orderby run.Id
            select new { Run = run, request.Status, request.Outcome }).Take(Most).ToListAsync(cancellationToken);
        foreach (var one in over)
        {
            AgentRunState state = one.Status switch
            {
                ApprovalStatus.Approved => AgentRunState.Rehearsed,
                ApprovalStatus.Failed or ApprovalStatus.Impossible => AgentRunState.Impossible,
                _ => AgentRunState.Refused,
            };
            string detail = state == AgentRunState.Rehearsed ? "All agreed. It was a rehearsal: nothing was done." : $"{one.Status}: {one.Outcome ?? "nothing was done."}";
            await runs.ActAsync(one.Run, one.Run with { State = state }, runs.ActionOf(one.Run, state, AgentConsumer.Requester, detail), cancellationToken);
        }

        return over.Count;
    }
}
