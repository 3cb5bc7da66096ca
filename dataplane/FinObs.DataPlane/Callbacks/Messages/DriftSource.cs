using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>A model drifts, or begins to: for whoever has subscribed, and for whom the policy names. There is no person in it.</summary>
internal sealed class DriftSource(IDatabase database, string topic) : ICallbackSource
{
    private const int IdsPerQuery = 500;

    public string Topic => topic;

    public async Task<List<CallbackCandidate>> CandidatesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        Dictionary<Guid, DriftCheckRow> checks = await ReadAsync(events.Select(item => item.SubjectId).OfType<Guid>(), cancellationToken);
        return
        [
            .. events.Where(item => item.SubjectId is { } id && checks.ContainsKey(id))
                .Select(item => (Event: item, Check: checks[item.SubjectId!.Value]))
                .Select(one => new CallbackCandidate(one.Event, [topic]) { Model = one.Check.Model, Targets = DriftActions.NotifiedBy(one.Check) }),
        ];
    }

    public async Task<Dictionary<Guid, byte[]>> BodiesAsync(IReadOnlyList<CallbackEvent> events, CallbackPayload payload, CancellationToken cancellationToken)
    {
        Dictionary<Guid, DriftCheckRow> checks = await ReadAsync(events.Select(item => item.Subject), cancellationToken);
        return events.Where(item => checks.ContainsKey(item.Subject)).DistinctBy(item => item.Subject).ToDictionary(item => item.Subject, item => Body(item, checks[item.Subject], payload));
    }

    private async Task<Dictionary<Guid, DriftCheckRow>> ReadAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        Dictionary<Guid, DriftCheckRow> rows = [];
        await using FinObsDbContext db = database.CreateContext();
        foreach (Guid[] part in ids.Distinct().Chunk(IdsPerQuery))
        {
            foreach (DriftCheckRow row in await db.DriftChecks.Where(row => part.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken))
            {
                rows[row.Id] = row;
            }
        }

        return rows;
    }

    private static byte[] Body(CallbackEvent about, DriftCheckRow check, CallbackPayload payload) => MessageBody.Write(about, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, check.Id);
        writer.WriteString("namespace"u8, check.Namespace);
        writer.WriteString("policy"u8, check.Policy);
        writer.WriteString("model"u8, check.Model);
        writer.WriteString("model_version"u8, check.Version);
        if (payload != CallbackPayload.Thin)
        {
            writer.WriteString("severity"u8, check.Severity.ToString());
            writer.WriteString("from"u8, check.WindowFrom.UtcDateTime);
            writer.WriteString("to"u8, check.WindowTo.UtcDateTime);
            writer.WriteNumber("samples"u8, check.Samples);
            writer.WriteNumber("drifted"u8, check.Drifted);
            writer.WriteStartArray("features"u8);
            foreach (Contracts.Resources.DriftPolicies.DriftedFeature feature in DriftPolicyStatuses.Drifted(check.Report))
            {
                writer.WriteStringValue(feature.Name);
            }

            writer.WriteEndArray();
            writer.WriteString("report_digest"u8, check.ReportDigest);
        }

        writer.WriteEndObject();
    });
}
