using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace FinObs.Operator.Tests.Policies;

/// <summary>The data plane's door as an operator sees it: the same revision again is no change. It may be away.</summary>
internal sealed class PlayedDataPlane : HttpMessageHandler
{
    private readonly Dictionary<string, JsonObject> _held = [];
    private readonly Lock _gate = new();

    /// <summary>Nobody listens.</summary>
    public bool IsAway { get; set; }

    /// <summary>Requests while it was away.</summary>
    public int InVain { get; private set; }

    /// <summary>Submissions, whatever came of them.</summary>
    public int Submissions { get; private set; }

    /// <summary>What came into force, in order: name and generation.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>What went.</summary>
    public List<string> Removed { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (_gate)
        {
            if (IsAway)
            {
                InVain++;
                throw new HttpRequestException(HttpRequestError.ConnectionError, "Nobody listens.");
            }

            string path = request.RequestUri!.AbsolutePath;
            return request.Method.Method switch
            {
                "PUT" => Put(path, JsonNode.Parse(body)!.AsObject()),
                "DELETE" => Delete(path),
                _ => Status(path[..path.LastIndexOf('/')]),
            };
        }
    }

    /// <summary>As after a restore from an old copy.</summary>
    public void Forget()
    {
        lock (_gate) _held.Clear();
    }

    private HttpResponseMessage Put(string path, JsonObject submission)
    {
        Submissions++;
        bool isSame = _held.TryGetValue(path, out JsonObject? before) && RevisionOf(before).ToJsonString() == RevisionOf(submission).ToJsonString();
        _held[path] = submission;
        if (!isSame) Changes.Add($"{path[(path.LastIndexOf('/') + 1)..]} {submission["generation"]}");
        return Answer(new JsonObject
        {
            ["namespace"] = "bank",
            ["kind"] = "any",
            ["name"] = "any",
            ["managedBy"] = "Operator",
            ["revision"] = RevisionOf(submission),
            ["change"] = isSame ? "Unchanged" : "Updated",
            ["spec"] = new JsonObject(),
            ["changedAt"] = "2026-01-02T03:04:05Z",
            ["leafId"] = "0199aa00-0000-7000-8000-000000000001",
        });
    }

    private HttpResponseMessage Delete(string path)
    {
        if (_held.Remove(path)) Removed.Add(path[(path.LastIndexOf('/') + 1)..]);
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private HttpResponseMessage Status(string path) => !_held.TryGetValue(path, out JsonObject? held) ? new HttpResponseMessage(HttpStatusCode.NotFound) : Answer(new JsonObject
    {
        ["revision"] = RevisionOf(held),
        ["status"] = new JsonObject
        {
            ["observedGeneration"] = held["generation"]!.DeepClone(),
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Ready",
                ["status"] = "True",
                ["reason"] = "Succeeded",
                ["message"] = "It delivers.",
                ["observedGeneration"] = held["generation"]!.DeepClone(),
                ["lastTransitionTime"] = "2026-01-02T03:04:05Z",
            }),
        },
    });

    /// <summary>As the real one has it, but for the hash of the spec.</summary>
    private static JsonObject RevisionOf(JsonObject submission) => new()
    {
        ["uid"] = submission["uid"]!.DeepClone(),
        ["generation"] = submission["generation"]!.DeepClone(),
        ["specHash"] = "sha256:0",
        ["secrets"] = new JsonObject((submission["secrets"] as JsonObject ?? []).Select(secret => KeyValuePair.Create(secret.Key, secret.Value!["resourceVersion"]?.DeepClone()))),
    };

    private static HttpResponseMessage Answer(JsonObject body) => new(HttpStatusCode.OK) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
}
