using FinObs.DataPlane.Callbacks.Api;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>Sends a message that tells nothing, at once and once: to see whether a target can be reached and knows our signature. The circuit takes no notice of it; the log does.</summary>
internal sealed class TestSender(CallbackSender sender, IDatabase database, TimeProvider time)
{
    public const string Type = "finobs.test";

    /// <param name="endpoint">Where to.</param>
    /// <param name="once">The message's id where it is to be sent once however often it is asked for: then the answer is what came of it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<TestAnswer> SendAsync(CallbackEndpoint endpoint, Guid? once, CancellationToken cancellationToken)
    {
        if (once is { } sent && await FindAsync(endpoint.Key, sent, cancellationToken) is { } before)
        {
            return before;
        }

        DateTimeOffset now = time.GetUtcNow();
        CallbackDeliveryRow row = new()
        {
            Id = once ?? Guid.CreateVersion7(now),
            Namespace = endpoint.Key.Namespace,
            Target = endpoint.Key.Name,
            Type = Type,
            Topic = Type,
            EventId = 0,
            EventAt = now,
            DueAt = now,
            CreatedAt = now,
        };
        byte[] body = MessageBody.Write(new CallbackEvent(Type, now, Guid.Empty), writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("namespace"u8, endpoint.Key.Namespace);
            writer.WriteString("target"u8, endpoint.Key.Name);
            writer.WriteEndObject();
        });
        SendOutcome outcome = await sender.SendAsync(endpoint, row, body, cancellationToken);
        CallbackAttemptRow attempt = Attempts.Of(endpoint, row, body, outcome, outcome.IsSuccess ? AttemptOutcome.Delivered : AttemptOutcome.Failed);
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await session.InsertAsync(CallbackAttemptRow.Table, [attempt], cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new TestAnswer(row.MessageId, outcome.IsSuccess, outcome.Status == 0 ? null : outcome.Status, outcome.Reason, outcome.Detail, attempt.DurationMs, outcome.Response);
    }

    private async Task<TestAnswer?> FindAsync(ResourceKey target, Guid message, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        CallbackAttemptRow? row = await db.CallbackAttempts.Where(one => one.Namespace == target.Namespace && one.Target == target.Name && one.DeliveryId == message)
            .OrderByDescending(one => one.Id).FirstOrDefaultAsync(cancellationToken);
        return row is null
            ? null
            : new TestAnswer(CallbackIds.Text(message), row.Outcome == AttemptOutcome.Delivered, row.Status == 0 ? null : row.Status, row.Reason, row.Detail, row.DurationMs, row.Response);
    }
}
