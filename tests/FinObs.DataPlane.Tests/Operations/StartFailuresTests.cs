using FinObs.DataPlane.Models;
using FinObs.DataPlane.Operations;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Operations;

/// <summary>A host that cannot start says why in one sentence.</summary>
public class StartFailuresTests
{
    [Fact]
    public async Task A_database_is_not_started_in_other_units_than_its_profiles_were_made_in()
    {
        using TemporaryFolder folder = new();
        string database = $"Data Source={folder.Combine("finobs.db")};Pooling=False";
        await using (TestDataPlane first = await TestDataPlane.StartOnAsync(database, "--Models:BuiltIn", "false"))
        {
        }

        Exception refusal = await Assert.ThrowsAnyAsync<Exception>(() => TestDataPlane.StartOnAsync(database, "--Models:BuiltIn", "false", "--Ledger:BaseCurrency", "EUR"));

        Assert.Contains("keeps its account profiles in USD", StartFailures.Sentence(refusal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_model_in_another_currency_stops_the_start_instead_of_sending_everything_to_review()
    {
        using TemporaryFolder folder = new();
        await using TestDataPlane ours = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        ours.Services.GetRequiredService<IBuiltInModel>().Train(CancellationToken.None).Save(folder.FullPath);

        Exception refusal = await Assert.ThrowsAnyAsync<Exception>(() => TestDataPlane.StartAsync(
            DatabaseKind.Sqlite, "--Models:Artifact", folder.FullPath, "--Ledger:BaseCurrency", "EUR"));

        Assert.Contains("--base-currency EUR", StartFailures.Sentence(refusal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PostgreSQL_that_is_not_there_is_named_without_its_password()
    {
        Exception refusal = await Assert.ThrowsAnyAsync<Exception>(() => TestDataPlane.StartOnAsync(
            $"Host=127.0.0.1;Port={FreePort.Next()};Database=x;Username=u;Password=secret", "--Models:BuiltIn", "false"));

        string? sentence = StartFailures.Sentence(refusal);
        Assert.Contains("PostgreSQL cannot be reached", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal);
    }
}
