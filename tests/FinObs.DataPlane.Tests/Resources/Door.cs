using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Resources;

/// <summary>What the door answered.</summary>
internal sealed record DoorAnswer(int Status, JsonElement Json, HttpResponseMessage Response)
{
    public string Text => Json.ValueKind == JsonValueKind.Undefined ? "" : Json.GetRawText();

    public string Detail => Json.GetProperty("detail").GetString()!;

    public string Code => Json.GetProperty("code").GetString()!;

    public string Change => Json.GetProperty("change").GetString()!;

    public long Generation => Json.GetProperty("revision").GetProperty("generation").GetInt64();

    public string SpecHash => Json.GetProperty("revision").GetProperty("specHash").GetString()!;

    public string LeafId => Json.GetProperty("leafId").GetString()!;
}

/// <summary>Knocks at the door of a host, as the operator or as a user of the REST API.</summary>
internal sealed class Door(TestDataPlane host)
{
    public const string Uid = "3f0c5a1e-0000-4000-8000-000000000001";
    public const string Target = "/v1/namespaces/default/callbacktargets/siem";
    public const string SigningKey = "whsec_dGhpcyBpcyBhIHNlY3JldCBvZiBvdXJz";

    /// <summary>No model, so that a host is up in a moment.</summary>
    public static readonly string[] WithoutModel = ["--Models:BuiltIn", "false"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    public static JsonObject TargetSpec(string url = "https://siem.bank.example/finobs") => new()
    {
        ["url"] = url,
        ["eventTypes"] = new JsonArray("decision.made"),
        ["signing"] = new JsonObject { ["secretRef"] = new JsonObject { ["name"] = "siem-key", ["key"] = "key" } },
    };

    public static JsonObject Secrets(string version = "1", string value = SigningKey) => new()
    {
        ["siem-key"] = new JsonObject
        {
            ["resourceVersion"] = version,
            ["data"] = new JsonObject { ["key"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) },
        },
    };

    public static JsonObject ByApi(JsonObject? spec = null, JsonObject? secrets = null) => new()
    {
        ["managedBy"] = "Api",
        ["spec"] = spec ?? TargetSpec(),
        ["secrets"] = secrets ?? Secrets(),
    };

    public static JsonObject ByOperator(
        long generation = 1, JsonObject? spec = null, JsonObject? secrets = null, string uid = Uid, string createdAt = "2026-03-01T10:00:00Z") => new()
        {
            ["managedBy"] = "Operator",
            ["uid"] = uid,
            ["generation"] = generation,
            ["createdAt"] = createdAt,
            ["spec"] = spec ?? TargetSpec(),
            ["secrets"] = secrets ?? Secrets(),
            ["changedBy"] = "kubectl-client-side-apply",
            ["changeReason"] = "CHG-4711",
        };

    public Task<DoorAnswer> PutAsync(JsonObject submission, string path = Target, string? traceparent = null) =>
        SendAsync(HttpMethod.Put, path, JsonContent.Create(submission), traceparent);

    public Task<DoorAnswer> GetAsync(string path = Target) => SendAsync(HttpMethod.Get, path);

    public Task<DoorAnswer> DeleteAsync(string path = Target) => SendAsync(HttpMethod.Delete, path);

    public async Task<DoorAnswer> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? traceparent = null)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (traceparent is not null)
        {
            request.Headers.Add("traceparent", traceparent);
        }

        HttpResponseMessage response = await host.Client.SendAsync(request, Stop);
        string body = await response.Content.ReadAsStringAsync(Stop);
        return new DoorAnswer((int)response.StatusCode, body.Length == 0 ? default : JsonDocument.Parse(body).RootElement, response);
    }

    /// <summary>Asks until it holds; nothing tells from outside when another process has got so far.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> holds, TimeSpan? within = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            T answer = await ask();
            if (holds(answer))
            {
                return answer;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(start) < (within ?? TimeSpan.FromSeconds(20)), $"It did not become so in time; last: {(answer as DoorAnswer)?.Text ?? answer?.ToString()}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), Stop);
        }
    }
}
