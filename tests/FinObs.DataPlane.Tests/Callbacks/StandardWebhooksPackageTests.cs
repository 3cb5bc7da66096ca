using System.Text;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>What we send, as an independent implementation sees it.</summary>
public sealed class StandardWebhooksPackageTests
{
    private const string NewKey = "whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3";

    [Fact]
    public async Task Both_keys_of_a_rotation_verify_a_message_and_no_other_does()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        await world.ApplyAsync();
        await world.ApplyAsync(secrets: Door.Secrets("2", NewKey));
        await world.StatusAsync(now => now.GetProperty("signing").TryGetProperty("previousKeyId", out _));
        await world.TransactAsync();
        Received received = (await world.ReceivedAsync(1))[0];

        Assert.Equal(2, received.Signature.Split(' ').Length);
        Assert.Equal("verified", await VerifyAsync(received, NewKey));
        Assert.Equal("verified", await VerifyAsync(received, Door.SigningKey));
        Assert.Equal("refused", await VerifyAsync(received, "whsec_b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXIgb3Ro"));
        Assert.Equal("refused", await VerifyAsync(received with { Body = received.Body + " " }, NewKey));
    }

    [Fact]
    public async Task The_public_key_of_the_status_verifies_an_asymmetric_signature()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        string key = $"whsk_{Convert.ToBase64String(Encoding.ASCII.GetBytes("thirty-two-bytes-of-a-test's-key"))}";
        await world.ApplyAsync(spec => spec["signing"]!["scheme"] = "Ed25519", Door.Secrets("1", key));
        await world.TransactAsync();
        Received received = (await world.ReceivedAsync(1))[0];
        string publicKey = (await world.StatusAsync()).GetProperty("signing").GetProperty("publicKey").GetString()!;

        Assert.StartsWith("v1a,", received.Signature, StringComparison.Ordinal);
        Assert.Equal("verified", await StandardWebhooksPackage.VerifyAsync(new { publicKey, id = received.Id, timestamp = received.Timestamp, signature = received.Signature, body = received.Body }));
        Assert.Equal("refused", await StandardWebhooksPackage.VerifyAsync(new { publicKey, id = received.Id, timestamp = received.Timestamp + 1, signature = received.Signature, body = received.Body }));
    }

    private static Task<string> VerifyAsync(Received received, string secret) =>
        StandardWebhooksPackage.VerifyAsync(new { secret, id = received.Id, timestamp = received.Timestamp, signature = received.Signature, body = received.Body });
}
