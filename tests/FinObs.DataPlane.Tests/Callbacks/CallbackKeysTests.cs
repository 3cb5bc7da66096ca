using System.Text;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Callbacks.Signing;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Callbacks;

public sealed class CallbackKeysTests : IDisposable
{
    private const string Old = "whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQgb2xk";
    private const string New = "whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3";

    private static readonly ResourceKey Target = new("default", "CallbackTarget", "siem");

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AuditKeyring _keyring;
    private readonly CallbackKeys _keys;

    public CallbackKeysTests()
    {
        _keyring = new AuditKeyring(
            Options.Create(new AuditOptions()), DataFolder.From(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Storage:DataFolder", _folder.FullPath)]).Build()));
        _keys = new CallbackKeys(_keyring, _time);
    }

    [Fact]
    public void A_value_that_changes_in_place_overlaps_with_the_one_before()
    {
        (TargetKeys first, CallbackStateRow? row) = _keys.Follow(Target, Signing(), Secrets(Old), null);
        (TargetKeys same, CallbackStateRow? unchanged) = _keys.Follow(Target, Signing(), Secrets(Old), row);
        (TargetKeys second, row) = _keys.Follow(Target, Signing(), Secrets(New), row);

        Assert.Null(unchanged);
        Assert.Equal(first.KeyId, same.KeyId);
        Assert.Equal((first.KeyId, _time.GetUtcNow().AddHours(24)), (second.PreviousKeyId, second.PreviousValidUntil));
        Assert.Equal([Sign(New), Sign(Old)], second.Sign("msg_1", _time.GetUtcNow(), "{}"u8).Split(' '));
        Assert.Equal([Sign(Old)], first.Sign("msg_1", _time.GetUtcNow(), "{}"u8).Split(' '));

        _time.Advance(TimeSpan.FromHours(25));
        Assert.DoesNotContain(' ', second.Sign("msg_1", _time.GetUtcNow(), "{}"u8));
        Assert.Null(_keys.Follow(Target, Signing(), Secrets(New), row).Keys.PreviousKeyId);
    }

    [Fact]
    public void A_previous_key_that_is_named_overlaps_from_when_it_was_first_seen()
    {
        CallbackSigning signing = Signing() with { PreviousSecretRef = new SecretKeyRef { Name = "keys", Key = "old" } };
        (TargetKeys keys, CallbackStateRow? row) = _keys.Follow(Target, signing, Secrets(New, Old), null);
        _time.Advance(TimeSpan.FromHours(1));
        (TargetKeys later, _) = _keys.Follow(Target, signing, Secrets(New, Old), row);

        Assert.Equal([Sign(New), Sign(Old)], later.Sign("msg_1", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), "{}"u8).Split(' '));
        Assert.Equal(keys.PreviousValidUntil, later.PreviousValidUntil);
    }

    [Fact]
    public void What_is_stored_of_a_key_is_not_the_key()
    {
        CallbackStateRow row = _keys.Follow(Target, Signing(), Secrets(Old), null).Changed!;
        Assert.DoesNotContain(Old["whsec_".Length..], Encoding.Latin1.GetString(row.SealedKey!), StringComparison.Ordinal);
        Assert.Equal(8, row.KeyId!.Length);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _keyring.Dispose();
        _folder.Dispose();
    }

    private static string Sign(string key)
    {
        using SigningKey parsed = SigningKey.Parse(key, SigningScheme.HmacSha256).Key!;
        return parsed.Sign("msg_1", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), "{}"u8);
    }

    private static CallbackSigning Signing() => new() { SecretRef = new SecretKeyRef { Name = "keys", Key = "new" } };

    private static ResourceSecrets Secrets(string current, string? old = null)
    {
        Dictionary<(string, string), byte[]> values = new() { [("keys", "new")] = Encoding.UTF8.GetBytes(current) };
        if (old is not null)
        {
            values[("keys", "old")] = Encoding.UTF8.GetBytes(old);
        }

        return new ResourceSecrets(values);
    }
}
