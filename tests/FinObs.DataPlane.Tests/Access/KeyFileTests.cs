using System.Net;
using FinObs.DataPlane.Access;
using FinObs.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Access;

public sealed class KeyFileTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.Combine("keys");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_of_its_lines_comes_in_and_nothing_else_does()
    {
        Write("  old-key\r\n\n new-key \n");
        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Path);

        Assert.Equal((HttpStatusCode.OK, "api-key"), await host.AskAsync("old-key"));
        Assert.Equal((HttpStatusCode.OK, "api-key"), await host.AskAsync("new-key"));
        foreach (string? wrong in (string?[])["old-ke", "old-key2", "OLD-KEY", "", null]) Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(wrong));
        Assert.DoesNotContain("old-key", host.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_scheme_than_Bearer_shows_nothing()
    {
        Write("key");
        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Path);
        host.Client.DefaultRequestHeaders.Add("Authorization", "Basic a2V5");

        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(null));
    }

    [Fact]
    public async Task A_change_counts_a_few_seconds_later_without_a_restart()
    {
        Write("first");
        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Path);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("first"));

        Write("second");
        _time.Advance(SecretFile.Fresh + TimeSpan.FromTicks(1));

        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync("first"));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("second"));
    }

    /// <summary>The kubelet writes a new folder and swaps the link to it; the link that is named here stays as old as it was.</summary>
    [Fact]
    public void A_swapped_link_counts_as_a_change()
    {
        Mount("..1", "first");
        File.CreateSymbolicLink(_folder.Combine("..data"), "..1");
        File.CreateSymbolicLink(Path, "..data/keys");
        KeyFile keys = new(Path, _time);
        Assert.True(keys.Holds("first"));

        Mount("..2", "second");
        File.Delete(_folder.Combine("..data"));
        File.CreateSymbolicLink(_folder.Combine("..data"), "..2");
        _time.Advance(SecretFile.Fresh + TimeSpan.FromTicks(1));

        Assert.True(keys.Holds("second"));
        Assert.False(keys.Holds("first"));
    }

    [Fact]
    public async Task A_file_that_is_gone_or_empty_holds_no_key_and_breaks_nothing()
    {
        Write("\n \n");
        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Path);
        Assert.Contains($"{Path} (Access:ApiKeyFile) holds no key", host.Log.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(" "));

        File.Delete(Path);
        _time.Advance(SecretFile.Fresh + TimeSpan.FromTicks(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync("key"));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead, true)]
    public async Task A_file_that_everybody_can_read_is_warned_of(UnixFileMode mode, bool isWarned)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        Write("key");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, mode);

        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Path);

        Assert.Equal(isWarned, host.Log.Text.Contains("can be read by every user", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--Access:ApiKeyFile=/no/such/file", "Access:ApiKeyFile names a file that is not there.")]
    [InlineData("--Access:ServiceAccounts:Issuer=https://a", "Access:ServiceAccounts:Issuer needs Access:ServiceAccounts:Jwks")]
    [InlineData("--Access:ServiceAccounts:Issuer=https://a --Access:ServiceAccounts:Jwks=ftp://a/jwks", "must be http://, https:// or a file")]
    [InlineData("--Access:ServiceAccounts:Issuer=https://a --Access:ServiceAccounts:Jwks=/jwks --Access:ServiceAccounts:Audience=", "Audience must not be empty")]
    [InlineData("--Access:ServiceAccounts:Issuer=https://a --Access:ServiceAccounts:Jwks=/jwks --Access:ServiceAccounts:Operators:0=finobs-operator", "finobs-operator is no service account: write system:serviceaccount:NAMESPACE:NAME")]
    [InlineData("--Access:ServiceAccounts:Operators:0=system:serviceaccount:a:b", "set Access:ServiceAccounts:Issuer and Jwks")]
    public async Task A_setting_that_cannot_be_meant_stops_the_start(string settings, string problem)
    {
        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => AccessHost.StartAsync(_time, settings.Split(' ')));

        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    private void Write(string text) => File.WriteAllText(Path, text);

    private void Mount(string folder, string text)
    {
        Directory.CreateDirectory(_folder.Combine(folder));
        File.WriteAllText(System.IO.Path.Combine(_folder.Combine(folder), "keys"), text);
    }
}
