using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Operations;

/// <summary>Wrong requests to every reading door: a problem that says what to do, never a 500, on both databases.</summary>
public class ErrorAnswersTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_wrong_request_is_answered_with_advice(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, "--Models:BuiltIn", "false");
        (string Path, HttpStatusCode Status)[] wrong =
        [
            ("/v1/transactions?limit=0", HttpStatusCode.BadRequest),
            ("/v1/transactions?limit=501", HttpStatusCode.BadRequest),
            ("/v1/transactions?limit=ten", HttpStatusCode.BadRequest),
            ("/v1/transactions?cursor=zzz", HttpStatusCode.BadRequest),
            ("/v1/transactions?decision=maybe", HttpStatusCode.BadRequest),
            ("/v1/transactions?min_score=2", HttpStatusCode.BadRequest),
            ("/v1/transactions?min_score=NaN", HttpStatusCode.BadRequest),
            ("/v1/transactions?from=yesterday", HttpStatusCode.BadRequest),
            ("/v1/transactions?account=%00", HttpStatusCode.BadRequest),
            ("/v1/transactions/nope?source=%00", HttpStatusCode.BadRequest),
            ("/v1/transactions/nope", HttpStatusCode.NotFound),
            ("/v1/transactions/nope/evidence", HttpStatusCode.NotFound),
            ("/v1/transactions/01a20ae0-ca74-7000-800c-cf1f4aea10f9", HttpStatusCode.NotFound),
            ("/webhooks/results?flagged_only=maybe", HttpStatusCode.BadRequest),
            ("/webhooks/results?limit=-1", HttpStatusCode.BadRequest),
            ("/webhooks/stream?last_event_id=-1", HttpStatusCode.BadRequest),
            ("/webhooks/stream?last_event_id=99999999999999999999", HttpStatusCode.BadRequest),
            ("/v1/audit/leaves/zzz", HttpStatusCode.NotFound),
            ("/v1/audit/export?from=5&to=2", HttpStatusCode.BadRequest),
            ("/v1/audit/consistency?from=a&to=2", HttpStatusCode.BadRequest),
            ("/nowhere", HttpStatusCode.NotFound),
        ];

        foreach ((string path, HttpStatusCode status) in wrong)
        {
            using HttpResponseMessage response = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

            Assert.True(status == response.StatusCode, $"{path}: {(int)response.StatusCode} {body}");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.False(string.IsNullOrWhiteSpace(JsonDocument.Parse(body).RootElement.GetProperty("detail").GetString()), path);
        }
    }
}
