using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks;

/// <summary>Who was told of a decision, when, and what they answered. No leaf proves it: this host says so.</summary>
internal sealed class DeliveryEvidence(IDatabase database) : IEvidencePart
{
    private const int MaxAttempts = 500;

    public string Name => "deliveries";

    public async Task<byte[]?> OfAsync(EvidenceSubject subject, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<CallbackAttemptRow> attempts = await db.CallbackAttempts
            .Where(row => row.SubjectId == subject.DecisionId && row.Namespace == subject.Namespace).OrderBy(row => row.Id).Take(MaxAttempts).ToListAsync(cancellationToken);
        return attempts.Count == 0 ? null : Write(attempts);
    }

    private static byte[] Write(List<CallbackAttemptRow> attempts)
    {
        CanonicalJsonWriter json = new();
        json.BeginArray();
        foreach (CallbackAttemptRow attempt in attempts)
        {
            json.BeginObject();
            json.Property("at"u8, attempt.StartedAt);
            json.Property("attempt"u8, attempt.Attempt);
            json.Property("message"u8, attempt.DeliveryId);
            json.Property("outcome"u8, attempt.Outcome.ToString());
            json.Property("status"u8, attempt.Status);
            json.Property("target"u8, attempt.Target);
            json.Property("type"u8, attempt.Type);
            json.EndObject();
        }

        json.EndArray();
        return json.Written.ToArray();
    }
}
