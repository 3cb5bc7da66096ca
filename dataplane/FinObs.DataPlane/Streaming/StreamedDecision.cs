using System.Globalization;
using System.Text;
using System.Text.Json;
using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Streaming;

/// <summary>A decision as readers of the stream get it, made once for all of them.</summary>
/// <param name="EventId">Dense per namespace.</param>
/// <param name="Id">The transaction's.</param>
/// <param name="Decision">For the filter, as the next three.</param>
/// <param name="Score">Null where no model could score.</param>
/// <param name="ModelVersion">Name and version.</param>
/// <param name="Account">Not in the frame.</param>
/// <param name="Frame">The whole event of the stream: UTF-8, ends with an empty line.</param>
internal sealed record StreamedDecision(long EventId, Guid Id, Decision Decision, double? Score, string ModelVersion, string? Account, ReadOnlyMemory<byte> Frame)
{
    public static StreamedDecision Of(long eventId, TransactionResult result, string? account) =>
        new(eventId, result.Id, result.Decision, result.AnomalyScore, result.ModelVersion, account, FrameOf(eventId, result));

    private static byte[] FrameOf(long eventId, TransactionResult result) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {eventId}\ndata: ")), .. JsonSerializer.SerializeToUtf8Bytes(result, JsonSerializerOptions.Web), .. "\n\n"u8];
}
