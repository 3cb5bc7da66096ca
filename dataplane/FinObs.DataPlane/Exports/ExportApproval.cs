using System.Text.Json;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Exports.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Exports;

/// <summary>An export that people have agreed to: it becomes work for the exports' worker in the approval's own commit.</summary>
internal sealed class ExportApproval(ExportStore store, ExportSignal signal) : IApprovedAction
{
    public const string Name = "export.create";

    public string Action => Name;

    public async Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        using JsonDocument payload = JsonDocument.Parse(request.Payload);
        if (await store.FindAsync(payload.RootElement.GetProperty("id").GetGuid(), cancellationToken) is not { Status: ExportStatus.AwaitingApproval } row)
        {
            return new ApprovedOutcome.Impossible("The export does not wait for an approval any more.");
        }

        return new ApprovedOutcome.Ready(
            async (session, cancel) =>
            {
                await using var release = session.CreateCommand("UPDATE exports SET status = 'Pending', approval_id = @approval WHERE id = @id AND status = 'AwaitingApproval'");
                release.With(session.Kind, "approval", request.Id).With(session.Kind, "id", row.Id);
                return await release.ExecuteNonQueryAsync(cancel) == 1;
            },
            signal.Raise);
    }
}
