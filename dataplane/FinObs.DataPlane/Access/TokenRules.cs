using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access;

/// <summary>What holds for each token, whoever its issuer is.</summary>
internal static class TokenRules
{
    /// <summary>What the clocks of two machines may differ by.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>Only with a private key of the issuer's: with HS256 whoever knows the public key could sign.</summary>
    public static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static bool IsValidAt(DateTimeOffset now, DateTime? notBefore, DateTime? expires) =>
        expires is { } end && now.UtcDateTime < end + ClockSkew && (notBefore is not { } begin || begin - ClockSkew <= now.UtcDateTime);
}
