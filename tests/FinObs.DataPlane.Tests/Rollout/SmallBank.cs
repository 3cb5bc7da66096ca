using System.Globalization;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;

namespace FinObs.DataPlane.Tests.Rollout;

/// <summary>Payments of forty accounts, the same at every hour, so that whatever changes is what a test has changed.</summary>
internal sealed class SmallBank(int seed)
{
    public const int AnHour = 60;

    private static readonly TimeSpan Pace = TimeSpan.FromHours(1) / AnHour;

    private const int TrainedDays = 40;

    /// <summary>An account's first payments look odd for want of a history; a bank that has been there for long has few of them.</summary>
    private const int DaysLeftOut = 10;

    private static readonly DateTimeOffset Before = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ProfileSettings Settings = new("USD", "UTC");

    private readonly Random _random = new(seed);
    private int _sent;

    /// <summary>A model of its payments, trained on a month before any test begins.</summary>
    public static ModelArtifact Train(string model, string version)
    {
        SmallBank bank = new(1);
        TransactionTable window = new();
        for (DateTimeOffset at = Before; at < Before.AddDays(TrainedDays); at += Pace) window.Add(bank.Row(at, 0));
        FeatureSchema schema = FeatureReplay.Fit(window, window.Count, Settings, ExchangeRates.Default);
        int leftOut = DaysLeftOut * 24 * AnHour;
        float[] rows = FeatureReplay.Extract(window, window.Count, schema, ExchangeRates.Default)[(leftOut * schema.Names.Length)..];
        TrainingProvenance provenance = new("a small bank", $"sha256:{new string('0', 64)}", Before.AddDays(TrainedDays), "test");
        return EnsembleTrainer.Train(rows, window.Count - leftOut, schema, new EnsembleOptions { Model = model, Version = version, Seed = 3 }, provenance, progress: null, TestContext.Current.CancellationToken);
    }

    /// <summary>So many payments that were made evenly before a moment, and come at it.</summary>
    /// <param name="at">When they come.</param>
    /// <param name="count">How many, at the bank's usual pace.</param>
    /// <param name="strangers">Which share of them goes to somebody who was never paid before.</param>
    public TransactionChunk Chunk(DateTimeOffset at, int count, double strangers) =>
        new("default", [.. Enumerable.Range(0, count).Select(i => new ChunkItem(Request(Row(at - (Pace * (count - 1 - i)), strangers)).Validate(new TransactionRequestContext(at, null, i)), "webhook", "0af7651916cd43dd8448eb211c80319c"))], []);

    private TransactionCsvItem.Row Row(DateTimeOffset at, double strangers) => new(
        Line: 0,
        $"{seed}-{++_sent}",
        $"a{_random.Next(40)}",
        _random.NextDouble() < strangers ? $"n{_sent}" : $"c{_random.Next(12)}",
        at,
        Math.Round((decimal)(40 * Math.Exp(0.5 * Normal())), 2),
        "USD",
        _random.Next(3) == 0 ? "wire" : "card",
        Label: null);

    /// <summary>Box and Muller.</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static TransactionRequest Request(TransactionCsvItem.Row row) => new()
    {
        TransactionId = row.TransactionId,
        Account = row.AccountId,
        Counterparty = row.CounterpartyId,
        Type = row.Type,
        Amount = row.Amount.ToString(CultureInfo.InvariantCulture),
        Currency = row.Currency,
        Timestamp = row.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
    };
}
