using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion.Inbound.Forms;

/// <summary>Reads one sender's bodies.</summary>
internal interface IInboundForm
{
    /// <summary>The transactions of a body; whatever the bytes, it returns and does not throw.</summary>
    InboundContent Read(ReadOnlyMemory<byte> body, DateTimeOffset now);
}

/// <summary>What a body holds.</summary>
internal abstract record InboundContent
{
    private InboundContent()
    {
    }

    /// <summary>Transactions, good or bad; none where the body tells of something else.</summary>
    internal sealed record Items(IReadOnlyList<TransactionItem> Transactions) : InboundContent
    {
        /// <summary>What was left out, and why: a sentence for whoever looks at the sender's log.</summary>
        public string? LeftOut { get; init; }

        /// <summary>There is something to be fetched from the sender.</summary>
        public bool AsksForPull { get; init; }
    }

    /// <summary>The body as a whole is no good.</summary>
    internal sealed record Refused(BodyProblem Problem) : InboundContent;
}
