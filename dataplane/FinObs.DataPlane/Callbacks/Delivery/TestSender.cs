using FinObs.DataPlane.Callbacks.Api;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>Sends a message that tells nothing, at once and once: to see whether a target can be reached and knows our signature. The circuit takes no notice of it; the log does.</summary>
internal sealed class TestSender(CallbackSender sender, IDatabase database, TimeProvider time)
{
    public const string Type = "finobs.test";

    public async Task<TestAnswer> SendAsync(CallbackEndpoint endpoint, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        CallbackDeliveryRow row = new()
        {
            Id = Guid.CreateVersion7(now),
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
}
