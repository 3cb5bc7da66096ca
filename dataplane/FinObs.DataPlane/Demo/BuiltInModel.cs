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
        TransactionTable window = new();
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        DateTimeOffset newest = Simulator.DefaultStart;
        foreach (SimulatedTransaction simulated in Simulator.Generate(Simulator.DefaultSeed, TrainingTransactions, Simulator.DefaultStart))
        {
            window.Add(RowOf(simulated));
            digest.AppendData(Encoding.UTF8.GetBytes(
                $"{simulated.AccountId},{simulated.CounterpartyId},{simulated.Timestamp:O},{simulated.Amount},{simulated.Currency},{simulated.Type},{simulated.IsCredit}\n"));
            newest = simulated.Timestamp;
        }

        cancellationToken.ThrowIfCancellationRequested();
        FeatureSchema schema = FeatureReplay.Fit(window, window.Count, settings, ExchangeRates.Default);
        float[] rows = FeatureReplay.Extract(window, window.Count, schema, ExchangeRates.Default);

        // The end of the simulated window rather than the clock: the same seed gives the same bytes, and so the same digest.
        TrainingProvenance provenance = new(
            $"simulated bank, seed {Simulator.DefaultSeed}", "sha256:" + Convert.ToHexStringLower(digest.GetHashAndReset()), newest, "built-in");
        return EnsembleTrainer.Train(rows, window.Count, schema, Options, provenance, progress: null, cancellationToken);
    }

    /// <summary>As a file of the schema would say it: money that comes in is negative.</summary>
    private static TransactionCsvItem.Row RowOf(SimulatedTransaction simulated) => new(
        Line: 0,
        simulated.TransactionId,
        simulated.AccountId,
        simulated.CounterpartyId,
        simulated.Timestamp,
        simulated.IsCredit ? -simulated.Amount : simulated.Amount,
        simulated.Currency,
        simulated.Type,
        Label: null);
}
