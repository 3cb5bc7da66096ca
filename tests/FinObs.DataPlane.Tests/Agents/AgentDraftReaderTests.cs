using System.Text;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Agents.Claims;
using FinObs.DataPlane.Agents.Findings;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>What is an answer of an agent, and what is not.</summary>
public sealed class AgentDraftReaderTests
{
    private const string Id = "0195a1b2-0000-7000-8000-000000000001";

    private const string Good =
        $$"""{"risk_level":"high","confidence":0.8,"rationale":"It is large.","recommended_action":{"type":"decision.override","decision":"{{Id}}","to":"block"},"claims":[{"evidence":"decision:1","field":"/score","operator":"gt","value":0.99}]}""";

    [Fact]
    public void A_whole_answer_is_read()
    {
        ReadDraft read = Read(Good);

        Assert.Empty(read.Problems);
        Assert.Equal((FindingRisk.High, 0.8, "It is large."), (read.Draft!.Risk, read.Draft.Confidence, read.Draft.Rationale));
        Assert.Equal(new AgentRecommendation.OverrideDecision(Guid.Parse(Id), Decision.Block), read.Draft.Recommendation);
        AgentClaim claim = Assert.Single(read.Draft.Claims);
        Assert.Equal(("decision:1", "/score", ClaimOperator.Greater, "0.99"), (claim.Evidence, claim.Field, claim.Operator, claim.Value.GetRawText()));
    }

    [Theory]
    [InlineData("\"high\"", "\"severe\"", "risk_level must be")]
    [InlineData("0.8", "80", "confidence must be")]
    [InlineData("0.8", "\"0.8\"", "confidence must be")]
    [InlineData("\"It is large.\"", "null", "rationale must be")]
    [InlineData("\"confidence\":0.8,", "", "confidence is missing")]
    [InlineData("\"confidence\":0.8", "\"confidence\":0.8,\"approve\":true", "nothing else")]
    [InlineData("\"confidence\":0.8", "\"confidence\":0.8,\"confidence\":0.9", "one JSON object")]
    [InlineData("\"to\":\"block\"", "\"to\":\"release\"", "recommended_action must be")]
    [InlineData("\"to\":\"block\"", "\"to\":\"block\",\"limit\":1", "recommended_action must be")]
    [InlineData("decision.override", "shell.run", "recommended_action must be")]
    [InlineData(Id, "the first one", "recommended_action must be")]
    [InlineData("\"/score\"", "\"score\"", "claims[0].field must be")]
    [InlineData("\"gt\"", "\">\"", "claims[0].operator must be")]
    [InlineData("0.99}", "{}}", "claims[0].value must be")]
    [InlineData("0.99}", "0.99,\"why\":\"x\"}", "claims[0] may have")]
    [InlineData("[{", "{", "one JSON object")]
    internal void What_is_wrong_is_said_and_there_is_no_draft(string part, string instead, string problem)
    {
        ReadDraft read = Read(Good.Replace(part, instead, StringComparison.Ordinal));

        Assert.Null(read.Draft);
        Assert.Contains(read.Problems, text => text.Contains(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("I think that this is fine.")]
    [InlineData("[]")]
    [InlineData("```json\n{}\n```")]
    [InlineData("{\"\\ud800\":1}")]
    internal void What_is_no_object_is_no_answer(string text) => Assert.Null(Read(text).Draft);

    [Theory]
    [InlineData("""{"type":"none"}""")]
    [InlineData($$"""{"case":"{{Id}}","type":"case.escalate"}""")]
    [InlineData($$"""{"case":"{{Id}}","to":"user:one","type":"case.assign"}""")]
    [InlineData($$"""{"decision":"{{Id}}","to":"manual_review","type":"decision.override"}""")]
    [InlineData($$"""{"case":"{{Id}}","days":7,"type":"case.hold"}""")]
    [InlineData($$"""{"case":"{{Id}}","type":"case.release"}""")]
    [InlineData($$"""{"about":"source_of_funds","case":"{{Id}}","type":"case.request_information"}""")]
    [InlineData("""{"rollout":"fraud-2.0.0","type":"rollout.pause"}""")]
    [InlineData("""{"callback":"siem","type":"callback.enable"}""")]
    [InlineData("""{"days":30,"model":"fraud","type":"model.backtest","version":"1.0.0"}""")]
    [InlineData($$"""{"days":30,"decision":"{{Id}}","field":"account","list":"watched","type":"list.entry"}""")]
    internal void Every_recommendation_is_written_as_it_is_read(string json)
    {
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(json);
        FinObs.DataPlane.Audit.Canonical.CanonicalJsonWriter writer = new();
        RecommendationJson.Write(writer, RecommendationJson.Read(document.RootElement, out _)!);

        Assert.Equal(json, Encoding.UTF8.GetString(writer.Written));
    }

    private static ReadDraft Read(string json) => AgentDraftReader.Read(Encoding.UTF8.GetBytes(json));
}
