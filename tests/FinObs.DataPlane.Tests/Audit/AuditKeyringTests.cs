using System.Security.Cryptography;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Tests.Audit;

public class AuditKeyringTests
{
    [Fact]
    public void Keys_are_made_on_first_start_readable_by_the_owner_only_and_kept()
    {
        using var folder = new TemporaryFolder();
        using var first = Keyring(folder);
        using var second = Keyring(folder);
        Assert.Equal(first.Signer.Verifier.Text, second.Signer.Verifier.Text);
        Assert.Equal(first.Token("default", "a"), second.Token("default", "a"));
        foreach (var file in new[] { AuditKeyring.MasterKeyFile, AuditKeyring.SigningKeyFile })
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Combine(file)));
        }
        Assert.Equal(2, Directory.GetFiles(folder.FullPath).Length);
    }

    [Fact]
    public void Configured_keys_come_before_files_and_none_is_written()
    {
        using var folder = new TemporaryFolder();
        var options = new AuditOptions { MasterKey = Convert.ToBase64String(new byte[32]), SigningKey = Convert.ToBase64String(new byte[32]) };
        using var keyring = Keyring(folder, options);
        Assert.Empty(Directory.GetFiles(folder.FullPath));
    }

    [Fact]
    public void A_damaged_key_file_stops_the_start_and_is_not_overwritten()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Combine(AuditKeyring.MasterKeyFile), "oops");
        Assert.Throws<InvalidOperationException>(() => Keyring(folder));
        Assert.Equal("oops", File.ReadAllText(folder.Combine(AuditKeyring.MasterKeyFile)));
    }

    [Fact]
    public void A_wrapped_key_opens_only_under_its_id_and_master()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        using var keyring = Keyring(folder);
        using var stranger = Keyring(other);
        var (id, key) = (Guid.CreateVersion7(DateTimeOffset.UnixEpoch), RandomNumberGenerator.GetBytes(32));
        var wrapped = keyring.Wrap(id, key);
        Assert.Equal(key, keyring.Unwrap(id, wrapped));
        Assert.ThrowsAny<CryptographicException>(() => keyring.Unwrap(Guid.Empty, wrapped));
        Assert.ThrowsAny<CryptographicException>(() => stranger.Unwrap(id, wrapped));
    }

    private static AuditKeyring Keyring(TemporaryFolder folder, AuditOptions? options = null) => new(Options.Create(options ?? new AuditOptions()), new DataFolder(folder.FullPath));
}
