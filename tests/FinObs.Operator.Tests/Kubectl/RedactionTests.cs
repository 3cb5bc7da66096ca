using System.Text.Json.Nodes;
using FinObs.Kubectl;

namespace FinObs.Operator.Tests.Kubectl;

/// <summary>A support bundle is read by somebody else.</summary>
public sealed class RedactionTests
{
    [Theory]
    [InlineData("GET https://user:pass@core.bank.example:8443/v2/tx?token=abc&from=1#x 200", "GET https://core.bank.example:8443/v2/tx 200")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer (removed)")]
    [InlineData("Host=db;Username=finobs;Password=hunter2;Port=5432", "Host=db;Username=finobs;Password=(removed);Port=5432")]
    [InlineData("shown eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln and fok_abcDEF123 and whsec_abc+/=", "shown (removed) and (removed) and (removed)")]
    [InlineData("changed by ada@bank.example.", "changed by (e-mail).")]
    [InlineData("account 4111 1111 1111 1111, DE89370400440532013000, 123456789", "account (number), (number), (number)")]
    public void Of_a_line_what_opens_something_or_names_somebody_goes(string line, string left) => Assert.Equal(left, Redaction.Of(line));

    [Theory]
    [InlineData("Rollout of fraud@2.0.0 in payments: Progressing, step 2, 20 % (StepDone: Decides 20 % of the traffic.)")]
    [InlineData("2026-03-01T10:00:00.123456789Z info: listening on http://127.0.0.1:8081")]
    [InlineData("sha256:3f1c0a5e9d7b4c2e8f6a1b3d5c7e9f0a2b4c6d8e0f1a3b5c7d9e1f2a4b6c8d0e of 0199aa00-0000-7000-8000-000000000001")]
    [InlineData("12 of 500 failed in 00:01:02.5")]
    public void What_is_needed_to_find_a_fault_stays(string line) => Assert.Equal(line, Redaction.Of(line));

    [Fact]
    public void Of_a_manifest_variables_headers_queries_and_people_go_and_where_secrets_are_stays()
    {
        JsonNode given = JsonNode.Parse(
            """
            {"metadata":{"name":"risk-team","annotations":{"finobs.io/changed-by":"ada","kubectl.kubernetes.io/last-applied-configuration":"{}"},"managedFields":[{"manager":"kubectl"}]},
             "spec":{"url":"https://risk.example.com/hook?key=1","headers":{"X-Api-Key":"abc"},"query":{"status":"booked"},"signing":{"secretRef":{"name":"keys","key":"webhook"}},
                     "containers":[{"env":[{"name":"ConnectionStrings__FinObs","value":"Host=db"},{"name":"K","valueFrom":{"secretKeyRef":{"name":"pg","key":"cs"}}}]}]}}
            """)!;
        JsonNode wanted = JsonNode.Parse(
            """
            {"metadata":{"name":"risk-team","annotations":{"finobs.io/changed-by":"(removed)"}},
             "spec":{"url":"https://risk.example.com/hook","headers":{"X-Api-Key":"(removed)"},"query":{"status":"(removed)"},"signing":{"secretRef":{"name":"keys","key":"webhook"}},
                     "containers":[{"env":[{"name":"ConnectionStrings__FinObs","value":"(removed)"},{"name":"K","valueFrom":{"secretKeyRef":{"name":"pg","key":"cs"}}}]}]}}
            """)!;
        Assert.Equal(wanted.ToJsonString(), Redaction.Of(given)!.ToJsonString());
    }
}
