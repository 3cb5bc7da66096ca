using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Drift;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>A model drifts, or begins to: for whoever has subscribed, and for whom the policy names. There is no person in it.</summary>
internal sealed class DriftSource(IDatabase database, string topic) : RowSource<DriftCheckRow>(database, topic)
{
    protected override Task<List<DriftCheckRow>> ReadAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken) =>
        db.DriftChecks.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);

    protected override Guid IdOf(DriftCheckRow row) => row.Id;

    protected override CallbackCandidate CandidateOf(StreamEvent item, DriftCheckRow row) => new(item, [Topic]) { Model = row.Model, Targets = DriftActions.NotifiedBy(row) };

    protected override void Write(Utf8JsonWriter writer, DriftCheckRow check, CallbackPayload payload)
    {
        writer.WriteString("id"u8, check.Id);
        writer.WriteString("namespace"u8, check.Namespace);
        writer.WriteString("policy"u8, check.Policy);
        writer.WriteString("model"u8, check.Model);
        writer.WriteString("model_version"u8, check.Version);
        if (payload == CallbackPayload.Thin)
        {
            return;
        }

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
}
