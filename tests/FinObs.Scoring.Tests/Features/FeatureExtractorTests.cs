using CsCheck;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;

namespace FinObs.Scoring.Tests.Features;

public sealed class FeatureExtractorTests
{
    private static readonly FeatureSchema Schema = Given.Schema();

    [Fact]
    public void Every_feature_is_finite_whatever_comes() =>
        Given.AnyFacts.Array[1, 80].Sample(stream =>
        {
            var extractor = new FeatureExtractor(Schema);
            var profile = new AccountProfile();
            var row = new float[extractor.Count];
            foreach (TransactionFacts facts in stream)
            {
                extractor.Extract(in facts, profile, row);
                Assert.All(row, value => Assert.True(float.IsFinite(value)));
                profile.Observe(in facts, TimeZoneInfo.Utc);
            }
        }, iter: 300);

    [Fact]
    public void Every_feature_is_finite_on_a_population_of_one() =>
        Given.AnyFacts.Array[1, 20].Sample(stream =>
        {
            var builder = new FeatureSchemaBuilder(Given.Euro);
            builder.Add(stream[0], new AccountProfile());
            float[][] rows = Replay(builder.Build(), stream);
            Assert.All(rows, row => Assert.All(row, value => Assert.True(float.IsFinite(value))));
        }, iter: 100);

    [Fact]
    public void A_row_does_not_see_its_own_transaction_nor_the_future()
    {
        TransactionFacts[] stream = Given.Stream(50);
        float[][] all = Replay(Schema, stream);
        float[][] half = Replay(Schema, stream[..25]);
        Assert.Equal(all[..25], half);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void A_stream_scores_the_same_in_batches_of_any_size(int batch)
    {
        (float[] rows, IScoringModel model) = Trained();
        using (model)
        {
            int features = model.FeatureCount, count = rows.Length / features;
            double[] margins = new double[count], scores = new double[count], margin = new double[count], score = new double[count];
            model.Score(rows, margins, scores);
            for (int from = 0; from < count; from += batch)
            {
                int rowsNow = Math.Min(batch, count - from);
                model.Score(rows.AsSpan(from * features, rowsNow * features), margin.AsSpan(from, rowsNow), score.AsSpan(from, rowsNow));
            }

            Assert.Equal(margins, margin);
            Assert.Equal(scores, score);
        }
    }

    [Fact]
    public void A_schema_that_went_through_an_artifact_gives_the_same_rows()
    {
        (float[] _, IScoringModel model) = Trained();
        using (model)
        {
            TransactionFacts[] stream = Given.Stream(60);
            Assert.Equal(Replay(Schema, stream), Replay(model.Manifest.Features, stream));
        }
    }

    [Fact]
    public void The_first_transaction_is_measured_against_the_population()
    {
        PopulationStatistics population = Schema.Population;
        double amount = Math.Exp(population.LogMean + population.LogDeviation) - 1;
        Assert.Equal(Math.E - 1, Value("amount_z_account@1", Given.Card(amount), new AccountProfile()), 1e-4);
        Assert.Equal(0, Value("counterparty_novelty@1", Given.Card(amount), new AccountProfile()));
    }

    [Fact]
    public void A_long_history_is_measured_against_itself()
    {
        var profile = new AccountProfile();
        for (int i = 0; i < 400; i++)
        {
            profile.Observe(Given.Card(i % 2 == 0 ? 900 : 1100, Given.Noon.AddDays(i - 400)), TimeZoneInfo.Utc);
        }

        Assert.Equal(0, Value("amount_z_account@1", Given.Card(1000), profile), 0.5);
        Assert.True(Value("amount_z_account@1", Given.Card(5000), profile) > 20);
        Assert.True(Value("amount_z_account_type@1", Given.Card(5000), profile) > 20);
    }

    [Fact]
    public void A_type_new_to_the_account_is_expected_where_the_account_lies_from_the_population()
    {
        TypeStatistics wire = Array.Find(Schema.Population.Types, type => type.Type == "wire_transfer")!;
        TypeStatistics card = Array.Find(Schema.Population.Types, type => type.Type == "card")!;
        AccountProfile rich = Given.Daily(300, Math.Exp(card.LogMean + 1) - 1);
        AccountProfile usual = Given.Daily(300, Math.Exp(card.LogMean) - 1);
        TransactionFacts large = Given.Card(Math.Exp(wire.LogMean + 1) - 1, type: "wire_transfer");
        Assert.Equal(0, Value("amount_z_account_type@1", large, rich), 0.1);
        Assert.True(Value("amount_z_account_type@1", large, usual) > 0.8);
    }

    [Fact]
    public void Without_an_exchange_rate_amount_features_are_neutral()
    {
        AccountProfile profile = Given.Daily(50);
        Assert.Equal(0, Value("amount_z_account@1", Given.Card(null), profile));
        Assert.Equal(0, Value("amount_z_account_type@1", Given.Card(null), profile));
        Assert.Equal(0, Value("amount_z_type@1", Given.Card(null), profile));
        Assert.Equal((float)Schema.Population.MedianAmount, Value("amount@1", Given.Card(null), profile));
    }

    [Fact]
    public void Without_an_account_the_profile_is_not_read()
    {
        TransactionFacts facts = Given.Card() with { HasAccount = false };
        Assert.Equal(Row(facts, new AccountProfile()), Row(facts, Given.Daily(90, 900)));
    }

    [Fact]
    public void A_type_that_training_never_saw_counts_as_half_a_transaction()
    {
        float value = Value("type_rarity@1", Given.Card(type: "never_seen"), new AccountProfile());
        Assert.Equal(-Math.Log(0.5 / Schema.Population.Transactions), value, 1e-4);
    }

    [Fact]
    public void A_credit_is_a_type_of_its_own() =>
        Assert.True(Value("type_rarity@1", Given.Card(isCredit: true), new AccountProfile()) > Value("type_rarity@1", Given.Card(), new AccountProfile()));

    [Fact]
    public void A_burst_shows_in_the_hour_and_the_day()
    {
        AccountProfile profile = Given.Daily(60);
        for (int i = 0; i < 20; i++)
        {
            profile.Observe(Given.Card(5, Given.Noon.AddMinutes(i - 20)), TimeZoneInfo.Utc);
        }

        Assert.True(Value("velocity_1h@1", Given.Card(5), profile) > 2);
        Assert.True(Value("velocity_24h@1", Given.Card(5), profile) > 2);
        Assert.True(Value("velocity_1h@1", Given.Card(5), Given.Daily(60)) < 0.1);
    }

    [Fact]
    public void An_unusual_hour_and_a_new_counterparty_surprise()
    {
        AccountProfile profile = Given.Daily(200);
        Assert.True(Value("hour_surprise@1", Given.Card(at: Given.Noon.AddHours(-9)), profile) > 1.5);
        Assert.True(Value("hour_surprise@1", Given.Card(), profile) < -1.5);
        Assert.True(Value("counterparty_novelty@1", Given.Card(counterparty: "stranger"), profile) > 3);
        Assert.Equal(0, Value("counterparty_novelty@1", Given.Card(), profile));
        Assert.Equal(0, Value("counterparty_novelty@1", Given.Card(counterparty: ""), profile));
    }

    [Fact]
    public void The_hour_is_that_of_the_schema_s_zone()
    {
        var vienna = new FeatureExtractor(Given.Schema(new ProfileSettings("EUR", "Europe/Vienna")));
        var row = new float[vienna.Count];
        vienna.Extract(Given.Card(), new AccountProfile(), row);
        Assert.Equal(13, LocalHour.Of(Given.Noon, TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna")));
        Assert.Equal(14, LocalHour.Of(Given.Noon.AddMonths(4), TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna")));
        Assert.Equal(0, LocalHour.Of(new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc));
    }

    [Fact]
    public void An_unknown_feature_or_unsound_population_is_refused()
    {
        Assert.Contains("no 'amount@9'", Assert.Throws<ArgumentException>(() => new FeatureExtractor(Schema with { Names = ["amount@9"] })).Message);
        Assert.Throws<ArgumentException>(() => new FeatureExtractor(Schema with { Population = Schema.Population with { LogDeviation = 0 } }));
        Assert.Throws<TimeZoneNotFoundException>(() => new FeatureExtractor(Schema with { TimeZone = "Mars/Olympus" }));
    }

    [Fact]
    public void Extracting_allocates_nothing()
    {
        var extractor = new FeatureExtractor(Schema);
        AccountProfile profile = Given.Daily(40);
        TransactionFacts facts = Given.Card();
        var row = new float[extractor.Count];
        extractor.Extract(in facts, profile, row);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            extractor.Extract(in facts, profile, row);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float Value(string name, TransactionFacts facts, AccountProfile profile)
    {
        var row = new float[1];
        new FeatureExtractor(Schema with { Names = [name] }).Extract(in facts, profile, row);
        return row[0];
    }

    private static float[] Row(TransactionFacts facts, AccountProfile profile) => Replay(Schema, [facts], profile)[0];

    private static float[][] Replay(FeatureSchema schema, TransactionFacts[] stream, AccountProfile? start = null)
    {
        var extractor = new FeatureExtractor(schema);
        AccountProfile profile = start ?? new AccountProfile();
        return [.. stream.Select(facts =>
        {
            var row = new float[extractor.Count];
            extractor.Extract(in facts, profile, row);
            profile.Observe(in facts, schema.ProfileSettings().Zone());
            return row;
        })];
    }

    private static (float[] Rows, IScoringModel Model) Trained()
    {
        TransactionFacts[] stream = Given.Stream(1500);
        float[] rows = [.. Replay(Schema, stream).SelectMany(row => row)];
        var provenance = new TrainingProvenance("test", "sha256:" + new string('0', 64), DateTimeOffset.UnixEpoch, "test");
        ModelArtifact artifact = EnsembleTrainer.Train(rows, stream.Length, Schema, new EnsembleOptions { Trees = 20, Sample = 256 }, provenance);
        return (rows, artifact.Open());
    }
}
