using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion.Inbound.Forms;

/// <summary>The form of <c>POST /webhooks/transactions</c>, for a sender that signs.</summary>
internal sealed class OwnForm(int maxItems) : IInboundForm
{
    public InboundContent Read(ReadOnlyMemory<byte> body, DateTimeOffset now) =>
        TransactionBody.Parse(body.Span, maxItems, strict: false, new TransactionRequestContext(now, IdempotencyKey: null, Index: 0)) switch
        {
            TransactionBody.Read read => new InboundContent.Items(read.Items),
            TransactionBody.Refused refused => new InboundContent.Refused(refused.Problem),
            _ => throw new InvalidOperationException("A body is read or refused."),
        };
}
