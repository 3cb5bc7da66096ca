using System.Text;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Signing;
using NSec.Cryptography;

namespace FinObs.DataPlane.Tests.Callbacks;

public sealed class SigningKeyTests
{
    /// <summary>The vector of Standard Webhooks' own libraries.</summary>
    [Fact]
    public void The_published_vector_is_met()
    {
        using SigningKey key = SigningKey.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SigningScheme.HmacSha256).Key!;
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", key.Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8));
    }

    /// <summary>The key of RFC 8032, section 7.1, test 2; libsodium's and Go's form of it is the seed with the public key behind it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_asymmetric_signature_is_verified_by_the_public_key(bool isLong)
    {
        byte[] seed = Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        byte[] @public = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        using SigningKey key = SigningKey.Parse($"whsk_{Convert.ToBase64String(isLong ? [.. seed, .. @public] : seed)}", SigningScheme.Ed25519).Key!;

        string signature = key.Sign("msg_1", 1614265330, "{}"u8);

        Assert.Equal($"whpk_{Convert.ToBase64String(@public)}", key.PublicKey);
        Assert.StartsWith("v1a,", signature, StringComparison.Ordinal);
        Assert.True(SignatureAlgorithm.Ed25519.Verify(
            PublicKey.Import(SignatureAlgorithm.Ed25519, @public, KeyBlobFormat.RawPublicKey), Encoding.UTF8.GetBytes("msg_1.1614265330.{}"), Convert.FromBase64String(signature["v1a,".Length..])));
    }

    [Theory]
    [InlineData("secret", SigningScheme.HmacSha256)]
    [InlineData("whsec_!!", SigningScheme.HmacSha256)]
    [InlineData("whsec_c2hvcnQ=", SigningScheme.HmacSha256)]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SigningScheme.Ed25519)]
    [InlineData("whsk_c2hvcnQ=", SigningScheme.Ed25519)]
    [InlineData(null, SigningScheme.Ed25519)]
    public void What_is_no_key_is_said_so_without_being_shown(string? text, SigningScheme scheme)
    {
        (SigningKey? key, string? problem) = SigningKey.Parse(text, scheme);
        Assert.Null(key);
        Assert.NotNull(problem);
        Assert.DoesNotContain(text ?? "nothing", problem, StringComparison.Ordinal);
    }
}
