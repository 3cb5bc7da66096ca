using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.EndToEnd.Tests.Chaos;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Scorer;

/// <summary>Scoring pods as real processes that die under traffic.</summary>
public sealed class KilledScorerTests
{
    private const int Seed = 20_260_301;

    [Fact]
    public async Task Every_transaction_is_scored_while_one_pod_after_the_other_is_killed()
    {
        string digest = ModelArtifact.Read(TrainedModel.Folder).Digest;
        await using Installation installation = await Installation.CreateAsync(DatabaseKind.Sqlite);
        await using ScorerProcess first = await ScorerProcess.StartAsync(installation.Folder, digest, TrainedModel.Folder);
        await using ScorerProcess second = await ScorerProcess.StartAsync(installation.Folder, digest, TrainedModel.Folder);
        // Long enough for a busy machine: only death takes a pod out here.
        await using DataPlaneProcess host = await installation.StartAsync(
            "--Models:Remote:Endpoints:0", first.GrpcAddress.ToString(), "--Models:Remote:Endpoints:1", second.GrpcAddress.ToString(),
            "--Models:Remote:TimeoutMilliseconds", "60000", "--Models:Remote:TryTimeoutMilliseconds", "20000");
        SingleSender[] senders = [.. Enumerable.Range(0, 4).Select(i => SingleSender.Start(host.Client, $"s{i}", Seed + i))];

        await AnsweredAsync(senders, 100);
        await first.KillAsync();
        await AnsweredAsync(senders, 200);
        Assert.DoesNotContain("decides in its place", host.Output);
        await second.KillAsync();
        await AnsweredAsync(senders, 300);

        List<(string Body, string Answer)> acknowledged = [];
        foreach (SingleSender sender in senders)
        {
            acknowledged.AddRange(await sender.StopAsync());
        }

        // A person's review for want of a model would have no score.
        Assert.All(acknowledged, pair => Assert.Equal(JsonValueKind.Number, JsonDocument.Parse(pair.Answer).RootElement.GetProperty("anomaly_score").ValueKind));
        Assert.Contains("decides in its place", host.Output);
        Assert.Contains("VERIFIED", await installation.RunAsync("verify", "--database"));
    }

    [Fact]
    public async Task Told_to_stop_it_drains_and_ends_cleanly()
    {
        using TemporaryFolder folder = new();
        await using ScorerProcess scorer = await ScorerProcess.StartAsync(
            folder.FullPath, ModelArtifact.Read(TrainedModel.Folder).Digest, TrainedModel.Folder, "--Scorer:DrainSeconds", "2");

        await scorer.TerminateAsync();

        // Until the drain is over it answers, and says that it is not ready.
        while ((await ReadyAsync(scorer)) == HttpStatusCode.OK)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(scorer));
        await scorer.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, scorer.ExitCode);
    }

    [Fact]
    public async Task A_role_that_there_is_not_and_a_digest_that_is_none_are_refused_in_one_sentence()
    {
        using TemporaryFolder folder = new();
        foreach ((string[] arguments, string sentence) in ((string[], string)[])[
            (["--Role", "scorer"], "Scorer:ArtifactDigest must be sha256:"),
            (["--Role", "cook"], "There is no role cook")])
        {
            await using GuardedProcess process = GuardedProcess.Start(["dotnet", DataPlaneProcess.Assembly, .. arguments], folder.FullPath);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(2, process.ExitCode);
            Assert.Contains(sentence, process.Output);
            Assert.DoesNotContain("   at ", process.Output);
        }
    }

    private static async Task<HttpStatusCode> ReadyAsync(ScorerProcess scorer)
    {
        using HttpResponseMessage answer = await scorer.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    /// <summary>Waits until all of them together have so many answers.</summary>
    private static async Task AnsweredAsync(SingleSender[] senders, int count)
    {
        while (senders.Sum(sender => sender.Answered) < count)
        {
            Assert.DoesNotContain(senders, sender => sender.HasStopped);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
