using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Transactions;

/// <summary>"Why would this have its score?" against the accounts as they stand; nothing is stored and no profile moves.</summary>
internal sealed class TransactionExplainer(ModelRouter router, AccountProfileStore profiles, LedgerUnits units, TimeProvider time) : ITransactionExplainer
{
    public async Task<TransactionExplanations> ExplainAsync(string @namespace, IReadOnlyList<NewTransaction> transactions, CancellationToken ct)
    {
        RoutedModel model = router.Route(@namespace)
            ?? throw new PipelineUnavailableException("There is no usable model to explain with. Register one (Models:Artifact) and try again.");
        string[] accounts = [.. transactions.Select(transaction => transaction.AccountId).OfType<string>().Distinct()];
        Dictionary<string, WorkingProfile> working = await profiles.LoadAsync(@namespace, accounts, ct);
        AccountProfile nobody = new();
        List<TransactionExplanation> items = new(transactions.Count);
        foreach (NewTransaction transaction in transactions)
        {
            float[] row = new float[model.Extractor.Count];
            TransactionFacts facts = units.FactsOf(ChunkPlan.RowOf(transaction, "explain", @namespace, Guid.Empty, time.GetUtcNow()));
            model.Extractor.Extract(facts, transaction.AccountId is { } account ? working[account].Profile : nobody, row);
            items.Add(new TransactionExplanation(row, model.Scorer.Explain(row)));
        }

        return new TransactionExplanations(model.Identity.ModelVersion, model.Scorer.Manifest.Features.Names, items);
    }
}
