using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Demo.Simulation;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;

namespace FinObs.DataPlane.Demo;

/// <summary>The model of a host that has no other: trained on the simulated bank, from one seed, so it is the same everywhere.</summary>
internal sealed class BuiltInModel(ProfileSettings settings) : IBuiltInModel
{
    /// <summary>Enough that the 0.1 % block threshold rests on fifty scores.</summary>
    private const int TrainingTransactions = 50_000;

    private static readonly EnsembleOptions Options = new() { Model = "finobs-built-in", Version = "1.0.0", Seed = Simulator.DefaultSeed };

    public ModelArtifact Train(CancellationToken cancellationToken)
    {
        List<TrainingTransaction> window = new(TrainingTransactions);
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SimulatedTransaction simulated in Simulator.Generate(Simulator.DefaultSeed, TrainingTransactions, Simulator.DefaultStart))
        {
            window.Add(new TrainingTransaction(simulated.AccountId, FactsOf(simulated)));
            digest.AppendData(Encoding.UTF8.GetBytes(
                $"{simulated.AccountId},{simulated.CounterpartyId},{simulated.Timestamp:O},{simulated.Amount},{simulated.Currency},{simulated.Type},{simulated.IsCredit}\n"));
        }

        TrainingSet set = TrainingSet.Build(window, settings, cancellationToken);

        // The end of the simulated window rather than the clock: the same seed gives the same bytes, and so the same digest.
        TrainingProvenance provenance = new(
            $"simulated bank, seed {Simulator.DefaultSeed}", "sha256:" + Convert.ToHexStringLower(digest.GetHashAndReset()), window[^1].Facts.OccurredAt, "built-in");
        return EnsembleTrainer.Train(set.Rows, set.Count, set.Schema, Options, provenance, progress: null, cancellationToken);
    }

    private TransactionFacts FactsOf(SimulatedTransaction simulated) => new(
        simulated.Type,
        simulated.Timestamp,
        ExchangeRates.Default.ToBase(simulated.Amount, simulated.Currency, settings.BaseCurrency, DateOnly.FromDateTime(simulated.Timestamp.UtcDateTime)),
        simulated.IsCredit,
        StableHash.Of(simulated.CounterpartyId),
        HasAccount: true);
}
