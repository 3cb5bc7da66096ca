using System.Net;
using System.Net.Http.Headers;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Retraining;
using FinObs.Retraining.Registration;
using FinObs.Retraining.Training;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Retraining;

/// <summary>A trained model's way to a data plane, and the resource that is printed of it.</summary>
public sealed class RegistrationTests : IDisposable
{
    private static readonly ModelArtifact Model = ModelArtifact.Create(
        new ModelManifest("card-fraud", "1.2.0", new FeatureSchema(["a"], "USD", "UTC"))
        {
            Format = ModelFormat.Onnx,
            DeclaredThresholds = new DecisionThresholds(1, 2),
            Training = new TrainingProvenance("t.csv", "sha256:" + new string('a', 64), new DateTimeOffset(2026, 1, 12, 4, 0, 0, TimeSpan.Zero), "1.0.0+9c1f2ab"),
        },
        [1, 2, 3]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("finobs-registration-");
    private readonly List<string> _said = [];
    private readonly ImpatientTime _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_may_go_better_is_tried_again_after_growing_pauses_or_those_that_are_asked_for()
    {
        PlayedDataPlane played = new(
            _ => throw new HttpRequestException(HttpRequestError.ConnectionError), _ => Answer(HttpStatusCode.ServiceUnavailable, retryAfterSeconds: 7),
            _ => Answer(HttpStatusCode.NotFound), _ => Answer(HttpStatusCode.InternalServerError),
            _ => Answer(HttpStatusCode.NotFound), _ => Answer(HttpStatusCode.Created));

        await SendAsync(played);

        Assert.Equal([1, 7, 4], _time.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(["HEAD", "HEAD", "HEAD", "PUT", "HEAD", "PUT"], played.Asked.Select(request => request.Method));
        Assert.All(played.Asked, request => Assert.Equal($"http://plane.example/base/v1/artifacts/{Model.Digest}", request.Address));
        Assert.Equal(Model.ToZip(), played.Asked[^1].Body);
        Assert.Equal("http://plane.example/base/ cannot be reached (ConnectionError). It is tried again in 1 s.", _said[0]);
    }

    [Fact]
    public async Task What_is_there_already_is_not_sent()
    {
        PlayedDataPlane played = new(_ => Answer(HttpStatusCode.OK));

        await SendAsync(played);

        Assert.Equal("HEAD", Assert.Single(played.Asked).Method);
    }

    [Fact]
    public async Task Six_times_are_enough()
    {
        PlayedDataPlane played = new([.. Enumerable.Repeat<Func<HttpRequestMessage, HttpResponseMessage>>(_ => Answer(HttpStatusCode.BadGateway), 6)]);

        RegistrationException refusal = await Assert.ThrowsAsync<RegistrationException>(() => SendAsync(played));

        Assert.Equal([1, 2, 4, 8, 16], _time.Waits.Select(wait => wait.TotalSeconds));
        Assert.Contains("run the same command again later", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, null, "by --register-token-file")]
    [InlineData(403, """{"detail":"You may fetch artifacts only."}""", "answered 403: You may fetch artifacts only.")]
    [InlineData(404, "<html>", "Is --register the address of a data plane?")]
    [InlineData(413, """{"detail":"The zip is larger than 5 bytes."}""", "answered 413: The zip is larger")]
    [InlineData(301, null, "give --register the address itself")]
    [InlineData(400, "[1]", "answered 400.")]
    public async Task A_refusal_is_not_tried_again_and_says_what_to_do(int status, string? body, string message)
    {
        PlayedDataPlane played = new(_ => Answer(HttpStatusCode.NotFound), _ => Answer((HttpStatusCode)status, body: body));

        RegistrationException refusal = await Assert.ThrowsAsync<RegistrationException>(() => SendAsync(played));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_time.Waits);
    }

    [Fact]
    public async Task The_token_is_read_for_each_request()
    {
        string file = At("token");
        File.WriteAllText(file, "first\n");
        PlayedDataPlane played = new(
            _ =>
            {
                File.WriteAllText(file, "second\n");
                return Answer(HttpStatusCode.NotFound);
            },
            _ => Answer(HttpStatusCode.Created));

        await SendAsync(played, file);

        Assert.Equal(["Bearer first", "Bearer second"], played.Asked.Select(request => request.Authorization));
    }

    [Fact]
    public void The_printed_resource_names_the_artifact_and_leaves_out_what_the_defaults_say() => Assert.Equal(
        $"""
         apiVersion: finobs.io/v1alpha1
         kind: ModelVersion
         metadata:
           name: card-fraud-1.2.0
         spec:
           model: card-fraud
           version: "1.2.0"
           artifact:
             uri: finobs://{Model.Digest}
             digest: {Model.Digest}
             format: OnnxEnsemble
           provenance:
             dataDigest: sha256:{new string('a', 64)}
             gitCommit: "9c1f2ab"
             trainedAt: "2026-01-12T04:00:00Z"
             trigger: Manual
           stage: Production

         """.ReplaceLineEndings("\n"),
        ModelVersionYaml.Write(Model, ModelStage.Production));

    [Theory]
    [InlineData("ftp://plane.example", null, "--register takes the address of a data plane")]
    [InlineData("plane.example:5080", null, "--register takes the address of a data plane")]
    [InlineData("http://plane.example/?a=b", null, "--register takes the address of a data plane")]
    [InlineData("http://user:word@plane.example", null, "--register takes the address of a data plane")]
    [InlineData("http://plane.example", "nowhere", "names nowhere, which is not there")]
    public void An_address_or_a_token_file_that_cannot_be_used_is_said_before_the_training(string url, string? tokenFile, string message) =>
        Assert.Contains(message, Assert.Throws<InputException>(() => RegistrationRequest.Of(url, tokenFile, ModelStage.Shadow)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_without_a_token_says_what_is_expected()
    {
        File.WriteAllText(At("token"), "two words");

        Assert.Contains("holds no token", Assert.Throws<InputException>(() => RegistrationRequest.Of("http://plane.example", At("token"), ModelStage.Shadow)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("card-fraud", "1.0", "spec.version: ")]
    [InlineData("Has_Capitals", "1.0.0", "spec.model: ")]
    [InlineData("a-name-that-is-longer-than-any-object-may-have", "1.0.0", "spec.model: ")]
    public void A_name_that_no_resource_may_have_is_said_before_the_training(string model, string version, string field) =>
        Assert.Contains(field, Assert.Throws<InputException>(() => ModelVersionYaml.Check(model, version, ModelStage.Shadow)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_artifact_has_to_go_somewhere() =>
        Assert.Equal("Say where the artifact goes: --out FOLDER, --register URL, or both.", Assert.Single(TrainCommand.Create().Parse(["--data", "x.csv"]).Errors).Message);

    private async Task SendAsync(PlayedDataPlane played, string? tokenFile = null)
    {
        using ArtifactUpload upload = new(played, RegistrationRequest.Of("http://plane.example/base", tokenFile, ModelStage.Shadow), _time, _said.Add);
        await upload.SendAsync(Model, Stop);
        Assert.Empty(played.Left);
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, int? retryAfterSeconds = null, string? body = null)
    {
        HttpResponseMessage answer = new(status) { Content = new StringContent(body ?? "") };
        answer.Headers.RetryAfter = retryAfterSeconds is { } seconds ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds)) : null;
        return answer;
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Gives its answers in turn.</summary>
    private sealed class PlayedDataPlane(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public Queue<Func<HttpRequestMessage, HttpResponseMessage>> Left { get; } = new(answers);

        public List<(string Method, string Address, string? Authorization, byte[]? Body)> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            byte[]? body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            Asked.Add((request.Method.Method, request.RequestUri!.AbsoluteUri, request.Headers.Authorization?.ToString(), body));
            return Left.Dequeue()(request);
        }
    }

    /// <summary>Every pause is over at once, and remembered.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
