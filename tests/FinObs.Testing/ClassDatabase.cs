namespace FinObs.Testing;

/// <summary>
/// One PostgreSQL database for all tests of a class, as its <c>IClassFixture</c>. It is opened by the first test that asks, not by
/// the fixture's construction: a skip counts as a failure there.
/// </summary>
public sealed class ClassDatabase : IAsyncDisposable
{
    private readonly Lazy<Task<TestDatabase>> _database = new(PostgreSqlServer.CreateDatabaseAsync);

    /// <summary>The same database every time.</summary>
    public Task<TestDatabase> OpenAsync() => _database.Value;

    public async ValueTask DisposeAsync()
    {
        if (_database.IsValueCreated && _database.Value.IsCompletedSuccessfully)
        {
            await (await _database.Value).DisposeAsync();
        }
    }
}
