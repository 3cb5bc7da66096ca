using System.Data.Common;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>Writes the two halves of a target's state: how deliveries go, which whoever serves it knows, and the keys, which any replica may follow.</summary>
internal static class StateStore
{
    private static readonly string Progress = Upsert(
        "breaker", "open_until", "consecutive", "throttled_until", "failing_since", "last_success", "last_failure_at", "last_failure_status", "last_failure_reason",
        "last_failure_detail", "last_failure_attempt", "resolved_ips");

    private static readonly string Keys = Upsert("key_id", "sealed_key", "previous_key_id", "sealed_previous_key", "previous_valid_until");

    private static readonly string Disabled = Upsert("disabled_at", "disabled_reason");

    public static async Task WriteProgressAsync(IWriteSession session, CallbackStateRow row, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand command = session.CreateCommand(Progress);
        Name(command, kind, row)
            .With(kind, "breaker", row.Breaker.ToString()).With(kind, "open_until", row.OpenUntil).With(kind, "consecutive", row.Consecutive)
            .With(kind, "throttled_until", row.ThrottledUntil).With(kind, "failing_since", row.FailingSince).With(kind, "last_success", row.LastSuccess)
            .With(kind, "last_failure_at", row.LastFailureAt).With(kind, "last_failure_status", row.LastFailureStatus).With(kind, "last_failure_reason", row.LastFailureReason)
            .With(kind, "last_failure_detail", row.LastFailureDetail).With(kind, "last_failure_attempt", row.LastFailureAttempt).With(kind, "resolved_ips", row.ResolvedIps);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task WriteKeysAsync(IWriteSession session, CallbackStateRow row, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand command = session.CreateCommand(Keys);
        Name(command, kind, row)
            .With(kind, "key_id", row.KeyId).With(kind, "sealed_key", row.SealedKey).With(kind, "previous_key_id", row.PreviousKeyId)
            .With(kind, "sealed_previous_key", row.SealedPreviousKey).With(kind, "previous_valid_until", row.PreviousValidUntil);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task WriteDisabledAsync(IWriteSession session, CallbackStateRow row, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand command = session.CreateCommand(Disabled);
        await Name(command, kind, row).With(kind, "disabled_at", row.DisabledAt).With(kind, "disabled_reason", row.DisabledReason).ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Nothing is left of a target that goes but that there was one: the next of its name begins anew, and its logs are still looked after.</summary>
    public static async Task BlankAsync(IWriteSession session, CallbackStateRow name, CancellationToken cancellationToken)
    {
        CallbackStateRow blank = new() { Namespace = name.Namespace, Target = name.Target };
        await WriteProgressAsync(session, blank, cancellationToken);
        await WriteKeysAsync(session, blank, cancellationToken);
        await WriteDisabledAsync(session, blank, cancellationToken);
    }

    private static DbCommand Name(DbCommand command, DatabaseKind kind, CallbackStateRow row) => command.With(kind, "namespace", row.Namespace).With(kind, "target", row.Target);

    /// <summary>Columns that are not among these, and may not be null, begin as in a new row.</summary>
    private static string Upsert(params string[] columns)
    {
        (string Name, string Value)[] defaults = [("breaker", "'Closed'"), ("consecutive", "0"), ("last_failure_status", "0"), ("last_failure_attempt", "0")];
        (string Name, string Value)[] others = [.. defaults.Where(column => !columns.Contains(column.Name))];
        return $"INSERT INTO callback_states (namespace, target, {string.Join(", ", columns.Concat(others.Select(column => column.Name)))}) "
            + $"VALUES (@namespace, @target, {string.Join(", ", columns.Select(column => $"@{column}").Concat(others.Select(column => column.Value)))}) "
            + $"ON CONFLICT (namespace, target) DO UPDATE SET {string.Join(", ", columns.Select(column => $"{column} = excluded.{column}"))}";
    }
}
