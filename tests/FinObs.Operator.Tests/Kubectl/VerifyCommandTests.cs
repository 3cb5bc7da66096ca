using FinObs.DataPlane.Audit.Notes;
using FinObs.Kubectl;
using FinObs.Testing;

namespace FinObs.Operator.Tests.Kubectl;

/// <summary>The data plane is not believed: only what the key signed and the hashes lead to.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly PlayedAuditLog _server = new();
    private readonly HttpClient _http;
    private readonly TemporaryFolder _folder = new();

    public VerifyCommandTests()
    {
        _http = new HttpClient(_server, disposeHandler: false) { BaseAddress = new Uri("http://data-plane/") };
        for (int i = 0; i < 13; i++) _server.Add($"leaf {i}");
    }

    private FileInfo Kept => new(_folder.Combine("checkpoint"));

    private AuditLog Log => new(_http, NoteVerifier.Parse(_server.VerifierKey));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_leaf_of_the_signed_tree_is_proven_and_no_other()
    {
        for (int i = 0; i < 13; i++) Assert.Null(await Log.WhyNotAsync($"{i}", Cancel));
        Assert.Contains("no leaf", await Log.WhyNotAsync("13", Cancel), StringComparison.Ordinal);
        Assert.True(await VerifyCommand.ReportAsync(isGrown: true, Log, [("modelversion/a", "3")], Cancel));
        Assert.False(await VerifyCommand.ReportAsync(isGrown: true, Log, [("modelversion/a", "3"), ("modelversion/b", null)], Cancel));
        Assert.False(await VerifyCommand.ReportAsync(isGrown: false, Log, [], Cancel));
    }

    [Fact]
    public async Task A_log_that_grows_is_right_at_every_size_and_the_newest_checkpoint_is_kept()
    {
        for (int i = 13; i < 40; i++)
        {
            Assert.True(await VerifyCommand.GrownAsync(Log, Kept, Cancel));
            _server.Add($"leaf {i}");
        }

        Assert.True(await VerifyCommand.GrownAsync(Log, Kept, Cancel));
        Assert.Contains("\n40\n", await File.ReadAllTextAsync(Kept.FullName, Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_leaf_that_was_changed_or_taken_away_is_found_and_what_was_kept_stays(bool isChanged)
    {
        Assert.True(await VerifyCommand.GrownAsync(Log, Kept, Cancel));
        string kept = await File.ReadAllTextAsync(Kept.FullName, Cancel);
        if (isChanged) _server.Leaves[4] = [1, 2, 3];
        else _server.Leaves.RemoveAt(4);
        _server.Add("one more");
        _server.Add("and another");

        Assert.False(await VerifyCommand.GrownAsync(Log, Kept, Cancel));
        Assert.Equal(kept, await File.ReadAllTextAsync(Kept.FullName, Cancel));
    }

    [Fact]
    public async Task A_log_that_has_become_shorter_is_found()
    {
        Assert.True(await VerifyCommand.GrownAsync(Log, Kept, Cancel));
        _server.Leaves.RemoveRange(8, 5);
        Assert.False(await VerifyCommand.GrownAsync(Log, Kept, Cancel));
    }

    [Fact]
    public async Task A_tree_that_another_key_signed_is_none()
    {
        using PlayedAuditLog other = new();
        CommandException refused = await Assert.ThrowsAsync<CommandException>(() => new AuditLog(_http, NoteVerifier.Parse(other.VerifierKey)).NewestAsync(Cancel));
        Assert.Contains("not signed by", refused.Message, StringComparison.Ordinal);
    }
}
