using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Mcp;

/// <summary>Section <c>Mcp</c>.</summary>
internal sealed class McpOptions
{
    public const string Section = "Mcp";

    /// <summary>Characters of an answer's JSON. About four make a token: 80,000 are the 20,000 tokens that clients take without trouble.</summary>
    [Range(2_000, 50_000_000)]
    public int MaxAnswerCharacters { get; set; } = 80_000;

    /// <summary>Where clients reach this host, e.g. <c>https://finobs.bank.example</c>: named in the metadata of RFC 9728. None = as each request says it.</summary>
    public Uri? PublicUrl { get; set; }
}
