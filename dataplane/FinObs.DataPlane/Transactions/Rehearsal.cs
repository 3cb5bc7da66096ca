using System.Diagnostics;
using System.Text.Json;

namespace FinObs.DataPlane.Transactions;

/// <summary>
/// Takes a transaction the whole way, up to a commit that is rolled back, before the first one that counts: code is compiled, connections are open and
/// statements prepared by then. Nothing of it is stored, and a rehearsal that fails is no reason not to start.
/// </summary>
internal sealed partial class Rehearsal(TransactionPipeline pipeline, ITransactionExplainer explainer, TimeProvider time, ILogger<Rehearsal> logger)
{
    private const string Source = "rehearsal";

    /// <summary>The first run compiles, the second finds what the first has made.</summary>
    private const int Runs = 2;

    private static ReadOnlySpan<byte> Transaction =>
        """{"transaction_id":"rehearsal","amount":"1234.56","currency":"USD","type":"card","account":"rehearsal","counterparty":"rehearsal","meta":{"channel":"rehearsal"}}"""u8;

    public async Task RunAsync(string @namespace, CancellationToken cancellationToken)
    {
        try
        {
            if (Read() is not TransactionItem.Valid item)
            {
                return;
            }

            ChunkItem one = new(item, Source, ActivityTraceId.CreateRandom().ToHexString());
            for (int run = 0; run < Runs; run++)
            {
                await pipeline.RehearseAsync(new TransactionChunk(@namespace, [one], []), cancellationToken);
                await explainer.ExplainAsync(@namespace, [item.Transaction], cancellationToken);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Failed(logger, exception);
        }
    }

    private TransactionItem Read()
    {
        Utf8JsonReader reader = new(Transaction);
        reader.Read();
        return new TransactionRequestReader(strict: false).Read(ref reader, new TransactionRequestContext(time.GetUtcNow(), IdempotencyKey: null, Index: 0));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The rehearsal before the first transaction failed; the first one may be slow.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
