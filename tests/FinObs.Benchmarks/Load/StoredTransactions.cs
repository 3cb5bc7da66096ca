using System.Collections;
using System.Data.Common;

namespace FinObs.Benchmarks.Load;

/// <summary>What the database holds of one source, held against what the client was told.</summary>
/// <param name="Stored">Rows.</param>
/// <param name="Doubled">Rows beyond the first of one transaction.</param>
/// <param name="Lost">Acknowledged and not there.</param>
/// <param name="Unasked">There and never sent.</param>
internal sealed record StoredTransactions(long Stored, long Doubled, long Lost, long Unasked)
{
    public bool IsExact => Doubled == 0 && Lost == 0 && Unasked == 0;

    public override string ToString() => IsExact ? $"{Stored:N0} stored, each once" : $"{Stored:N0} stored, {Doubled:N0} doubled, {Lost:N0} LOST, {Unasked:N0} never sent";

    /// <summary>Ids from 0 to <paramref name="count"/>, all of which were acknowledged.</summary>
    public static Task<StoredTransactions> CheckAsync(LoadDatabase database, string source, int count) =>
        CheckAsync(database, source, count, _ => true, number => number < count);

    public static Task<StoredTransactions> CheckAsync(LoadDatabase database, string source, RequestLog log) =>
        CheckAsync(database, source, log.Used, log.IsAcknowledged, log.WasSent);

    private static async Task<StoredTransactions> CheckAsync(
        LoadDatabase database, string source, int count, Func<long, bool> acknowledged, Func<long, bool> sent)
    {
        BitArray seen = new(count);
        (long stored, long doubled, long unasked) = (0, 0, 0);
        await using DbConnection connection = await database.ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandTimeout = 600;
        command.CommandText = "SELECT transaction_id FROM transactions WHERE source = @source";
        DbParameter parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@source", source);
        command.Parameters.Add(parameter);
        await using DbDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            stored++;
            long number = TransactionCorpus.NumberOf(reader.GetString(0));
            if (!sent(number))
            {
                unasked++;
                continue;
            }

            doubled += seen[(int)number] ? 1 : 0;
            seen[(int)number] = true;
        }

        long lost = 0;
        for (int i = 0; i < count; i++)
        {
            lost += acknowledged(i) && !seen[i] ? 1 : 0;
        }

        return new StoredTransactions(stored, doubled, lost, unasked);
    }
}
