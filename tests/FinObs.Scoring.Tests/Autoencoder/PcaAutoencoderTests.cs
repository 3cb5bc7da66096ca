using FinObs.Scoring.Autoencoder;
using FinObs.Scoring.Tests.Training;

namespace FinObs.Scoring.Tests.Autoencoder;

public sealed class PcaAutoencoderTests
{
    [Fact]
    public void Two_equal_features_lose_exactly_their_difference_to_one_component()
    {
        // Standardised, both features are ±1 together; one component keeps their mean, so a row (1, -1) keeps nothing: residual 1 and -1.
        PcaAutoencoder autoencoder = PcaAutoencoderTrainer.Train([1, 1, -1, -1], 2, 2, 1, false, ErrorFunction.Squared, 1);

        Assert.Equal([0, 0], Errors(autoencoder, [5, 5]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 1], Errors(autoencoder, [1, -1]), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([2.25, 2.25], Errors(autoencoder, [2, -1]), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void All_components_reconstruct_everything()
    {
        PcaAutoencoder autoencoder = Train(SampleData.Features, false);

        Assert.All(Errors(autoencoder, [3, -4, 5, 1, 2]), error => Assert.Equal(0, error, 1e-9));
    }

    [Fact]
    public void No_component_leaves_the_squared_standard_score()
    {
        PcaAutoencoder autoencoder = Train(0, false);
        float[] row = [3, -4, 5, 1, 2];

        Assert.All(Errors(autoencoder, row), (error, f) =>
        {
            double z = (row[f] - autoencoder.Mean[f]) * (double)autoencoder.Scale[f];
            Assert.Equal(z * z, error, 1e-6 * Math.Max(1, z * z));
        });
    }

    [Fact]
    public void Whitened_without_components_the_training_windows_mean_error_is_the_number_of_features()
    {
        // The Mahalanobis distance has mean F over the rows it was fitted on.
        PcaAutoencoder autoencoder = Train(0, true);
        float[] rows = SampleData.Rows(2000);
        double sum = 0;
        for (int i = 0; i < 2000; i++)
        {
            sum += autoencoder.TotalError(rows.AsSpan(i * SampleData.Features, SampleData.Features));
        }

        Assert.Equal(SampleData.Features, sum / 2000, 1e-4);
    }

    [Theory]
    [InlineData(ErrorFunction.Squared, 4)]
    [InlineData(ErrorFunction.Absolute, 2)]
    [InlineData(ErrorFunction.Huber, 1.5)]
    [InlineData(ErrorFunction.LogSquared, 1.6094379124341003)]
    public void A_residual_of_two_counts_as_its_function_says(ErrorFunction function, double expected)
    {
        var autoencoder = new PcaAutoencoder([0f], [1f], [1f], function, 1);

        Assert.Equal(expected, Errors(autoencoder, [2])[0], 1e-15);
        Assert.Equal(expected, Errors(autoencoder, [-2])[0], 1e-15);
    }

    [Fact]
    public void A_feature_that_never_varied_still_counts_when_it_changes()
    {
        PcaAutoencoder autoencoder = PcaAutoencoderTrainer.Train([1, 7, 2, 7, 3, 7], 3, 2, 1, false, ErrorFunction.Squared, 1);

        Assert.Equal(4, Errors(autoencoder, [2, 9])[1], 1e-6);
    }

    [Fact]
    public void The_same_rows_give_the_same_parameters()
    {
        PcaAutoencoder first = Train(2, true), second = Train(2, true);

        Assert.Equal(first.Mean, second.Mean);
        Assert.Equal(first.Scale, second.Scale);
        Assert.Equal(first.Residual, second.Residual);
    }

    private static PcaAutoencoder Train(int components, bool whiten) =>
        PcaAutoencoderTrainer.Train(SampleData.Rows(2000), 2000, SampleData.Features, components, whiten, ErrorFunction.Squared, 1);

    private static double[] Errors(PcaAutoencoder autoencoder, float[] row)
    {
        var errors = new double[row.Length];
        autoencoder.Errors(row, errors);
        return errors;
    }
}
