using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Monitoring;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Secrets;
using FinObs.DataPlane.Retraining;
using FinObs.DataPlane.Retraining.Local;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Rollout.Shadow;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Rollout;

/// <summary>A small bank whose time passes when the test says so. Payments come while everything else works, as they do.</summary>
internal sealed class ModelLifeWorld : IAsyncDisposable
{
    public const string Engineer = "user:engineer";

    private static readonly Lazy<ModelArtifact> First = new(() => SmallBank.Train("fraud", "1.0.0"));
    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(30);

    private readonly TemporaryFolder _folder;
    private readonly SmallBank _bank = new(2);
    private readonly List<string> _deciders = [];

    private ModelLifeWorld(SliceWorld slice, TemporaryFolder folder) => (Slice, _folder) = (slice, folder);

    public SliceWorld Slice { get; }

    public DateTimeOffset Now => Slice.Time.GetUtcNow();

    /// <summary>Which share of the payments goes to somebody who was never paid before, from now on.</summary>
    public double Strangers { get; set; }

    public int Answered { get; private set; }

    /// <summary>Transactions without an answer, or without a score.</summary>
    public int Unanswered { get; private set; }

    /// <summary>How long the round took in which a version was rolled back, until this process decided without it.</summary>
    public TimeSpan LastRollback { get; private set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ModelLifeWorld> StartAsync(DatabaseKind kind)
    {
        TemporaryFolder folder = new();
        string artifact = folder.Combine("model.zip");
        await File.WriteAllBytesAsync(artifact, First.Value.ToZip(), Stop);
        await File.WriteAllTextAsync(folder.Combine("key"), "a key", Stop);
        SliceWorld slice = await SliceWorld.StartAsync(kind, services => services.AddRetrainingWorker(), ("Models:Artifact", artifact), ("Access:ApiKeyFile", folder.Combine("key")));
        return new ModelLifeWorld(slice, folder);
    }

    /// <summary>A day's payments before anybody watches.</summary>
    public async Task DayBeforeAsync()
    {
        for (int hour = 0; hour < 24; hour++)
        {
            await SendAsync(SmallBank.AnHour);
            Slice.Time.Advance(TimeSpan.FromHours(1));
        }

        await FollowAsync();
    }

    public async Task PassAsync(TimeSpan span)
    {
        for (DateTimeOffset end = Now + span; Now < end;) await TickAsync();
    }

    /// <summary>Until there is such a thing.</summary>
    public async Task<T> PassUntilAsync<T>(Func<Task<T?>> find, TimeSpan most)
        where T : class
    {
        DateTimeOffset end = Now + most;
        while (true)
        {
            if (await find() is { } found) return found;
            Assert.True(Now < end, $"not within {most}: rollouts {string.Join(" | ", (await RolloutsAsync()).Select(row => $"{row.Version} {row.Phase} step {row.Step} {row.Reason} {row.Detail}"))}");
            await TickAsync();
        }
    }

    public Task ApplyPolicyAsync() => ApplyAsync(ResourceKinds.DriftPolicy, "watch", new JsonObject
    {
        ["modelRef"] = new JsonObject { ["model"] = "fraud" },
        ["actions"] = new JsonArray(new JsonObject { ["severity"] = "Critical", ["type"] = "Retrain", ["job"] = new JsonObject { ["dataWindow"] = "168h" } }),
        ["trigger"] = new JsonObject { ["cooldown"] = "168h" },
    });

    public async Task<List<DriftCheckRow>> ChecksAsync() => await Slice.Get<DriftChecks>().PageAsync("default", "watch", null, 100, Stop);

    /// <summary>Carries out the run that was asked for; null where none was.</summary>
    public async Task<RetrainingRunRow?> TrainAsync()
    {
        if (await Slice.Get<RunClaims>().TakeNextAsync(LocalRun.Worker, Stop) is not { } run) return null;
        await Slice.Get<LocalRun>().RunAsync(run, Stop);
        return await Slice.Get<RetrainingRuns>().FindAsync(run.Id, Stop);
    }

    /// <summary>What a run's worker found.</summary>
    public async Task<string> ReportAsync(RetrainingRunRow run)
    {
        await using FinObsDbContext db = Slice.Database.CreateContext();
        return await db.RetrainingChanges.Where(change => change.RunId == run.Id && change.Report != null).Select(change => change.Report!).FirstAsync(Stop);
    }

    public async Task<ModelArtifact> UploadAsync(string version)
    {
        ModelArtifact artifact = ModelArtifact.Create(First.Value.Manifest with { Version = version }, First.Value.ModelBytes.ToArray());
        await Slice.Get<ArtifactStore>().SaveAsync(artifact, ArtifactOrigins.Uploaded, Engineer, Stop);
        return artifact;
    }

    /// <summary>What an engineer applies.</summary>
    public Task RaiseAsync(string version, string digest, string rollout, string? reviewAt = null)
    {
        JsonObject spec = Models.ModelVersionDoor.Spec("fraud", version, digest);
        spec["rollout"] = JsonNode.Parse(rollout);
        if (reviewAt is not null) spec["decision"] = new JsonObject { ["reviewAt"] = reviewAt, ["blockAt"] = "0.9999" };
        return ApplyAsync(ResourceKinds.ModelVersion, $"fraud-{version}", spec);
    }

    public async Task<RolloutRow?> RolloutAsync(string version) => (await RolloutsAsync()).Find(row => row.Version == version);

    public async Task<ApprovalOutcome> AgreeAsync(Guid id, Voter voter)
    {
        ApprovalRecord request = (await Slice.Get<ApprovalStore>().FindAsync(id, Stop))!;
        return await Slice.Get<ApprovalVoting>().DecideAsync(id, new ApprovalWord(voter, true, request.Row.BoundHash, "The figures are good."), Stop);
    }

    /// <summary>Who decides the payments of the next hour, if it is one.</summary>
    public async Task<string> DeciderAsync()
    {
        await NextAsync(TimeSpan.FromHours(1));
        return Assert.Single(_deciders.Distinct());
    }

    /// <summary>Which share of the payments of the next six hours a version decides.</summary>
    public async Task<double> ShareAsync(string version)
    {
        await NextAsync(TimeSpan.FromHours(6));
        return _deciders.Count(decider => decider == version) / (double)_deciders.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await Slice.DisposeAsync();
        _folder.Dispose();
    }

    private async Task NextAsync(TimeSpan span)
    {
        await FollowAsync();
        _deciders.Clear();
        await PassAsync(span);
    }

    private async Task SendAsync(int count)
    {
        TransactionOutcome[] outcomes = await Slice.Get<TransactionPipeline>().ProcessAsync(_bank.Chunk(Now, count, Strangers), Stop);
        string[] deciders = [.. outcomes.OfType<TransactionOutcome.Scored>().Select(scored => scored.Result.ModelVersion).OfType<string>()];
        Answered += deciders.Length;
        Unanswered += count - deciders.Length;
        _deciders.AddRange(deciders);
    }

    /// <summary>Payments of half an hour in two parts, and whatever workers do meanwhile.</summary>
    private async Task TickAsync()
    {
        Task work = Task.Run(WorkAsync, Stop);
        for (int part = 0; part < 2; part++) await SendAsync(SmallBank.AnHour / 4);
        await work;
        await FollowAsync();
        Slice.Time.Advance(Tick);
    }

    private async Task WorkAsync()
    {
        ResourceSnapshot resources = await Slice.Get<ResourceCatalogue>().RefreshAsync(Stop);
        Dictionary<string, IResourceHandler> handlers = Slice.Get<IEnumerable<IResourceHandler>>().ToDictionary(handler => handler.Kind);
        foreach (StoredResource resource in resources.Sorted) await handlers[resource.Key.Kind].ApplyAsync(resource, ResourceSecrets.None, Stop);
        int gone = (await RolloutsAsync()).Count(row => row.Phase == RolloutPhase.RolledBack);
        long start = TimeProvider.System.GetTimestamp();
        await Slice.Get<DataPlane.Rollout.Rollouts>().AdvanceAsync(Stop);
        await Slice.Get<ModelSync>().FollowRoutesAsync(Stop);
        TimeSpan took = TimeProvider.System.GetElapsedTime(start);
        if ((await RolloutsAsync()).Count(row => row.Phase == RolloutPhase.RolledBack) > gone) LastRollback = took;
    }

    /// <summary>What comes behind the pipeline.</summary>
    private async Task FollowAsync()
    {
        await Slice.Get<ModelSync>().FollowRoutesAsync(Stop);
        await Slice.Get<ShadowScoring>().DrainAsync(Stop);
        await Slice.SequenceAsync();
        while (await Slice.Get<WindowConsumer>().RunAsync(Stop) is not 0)
        {
            // A page a namespace.
        }
    }

    private async Task ApplyAsync(ResourceKind kind, string name, JsonObject spec)
    {
        DoorOutcome outcome = await Slice.Get<ResourceDoor>().ApplyAsync(
            new ResourceKey("default", kind.Name, name), new ResourceSubmission { ManagedBy = ResourceOwner.Api, Spec = spec }, Engineer, Stop);
        Assert.True(outcome is DoorOutcome.Applied, outcome.ToString());
    }

    private async Task<List<RolloutRow>> RolloutsAsync() => await Slice.Get<RolloutStore>().OfAsync("default", Stop);
}
