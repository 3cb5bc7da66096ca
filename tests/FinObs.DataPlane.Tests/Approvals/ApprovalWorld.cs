using System.Text;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Approvals;

/// <summary>Two steps, two of compliance and then one of admin, for an act that writes a row when it is done.</summary>
internal sealed class ApprovalWorld : IAsyncDisposable
{
    public const string Action = "test.act";

    private readonly TemporaryFolder _folder;

    private ApprovalWorld(SliceWorld slice, WritingAction action, TemporaryFolder folder) => (Slice, Act, _folder) = (slice, action, folder);

    public SliceWorld Slice { get; }

    public WritingAction Act { get; }

    public IApprovalGate Gate => Slice.Get<IApprovalGate>();

    public ApprovalVoting Voting => Slice.Get<ApprovalVoting>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="kind">Of the database.</param>
    /// <param name="access">Whether people can be told from each other.</param>
    /// <param name="settings">More.</param>
    public static async Task<ApprovalWorld> StartAsync(DatabaseKind kind, bool access = true, params (string Key, string Value)[] settings)
    {
        TemporaryFolder folder = new();
        File.WriteAllText(folder.Combine("key"), "a key");
        WritingAction action = new();
        const string Policy = $"Approvals:Policies:{Action}";
        SliceWorld slice = await SliceWorld.StartAsync(
            kind, services => services.AddSingleton<IApprovedAction>(action),
            [
                ($"{Policy}:Steps:0:Name", "review"), ($"{Policy}:Steps:0:Required", "2"), ($"{Policy}:Steps:0:Roles:0", Roles.Compliance),
                ($"{Policy}:Steps:1:Name", "release"), ($"{Policy}:Steps:1:Required", "1"), ($"{Policy}:Steps:1:Roles:0", Roles.Admin),
                ($"{Policy}:TimeToLive", "2.00:00:00"), ($"{Policy}:EscalateAfter", "04:00:00"), ($"{Policy}:EscalateTo", Roles.Analyst),
                .. access ? [("Access:ApiKeyFile", folder.Combine("key"))] : Array.Empty<(string, string)>(), .. settings,
            ]);
        return new ApprovalWorld(slice, action, folder);
    }

    public static ApprovalAsk Ask(string payload = """{"limit":5}""", bool simulation = false, params string[] excluded) => new()
    {
        Namespace = "default",
        Action = Action,
        Target = "the-limit",
        Summary = "Raise the limit to 5.",
        Payload = Encoding.UTF8.GetBytes(payload),
        Evidence = """{"case":"C-1"}"""u8.ToArray(),
        ModelDigest = "sha256:abc",
        RequestedBy = "user:asker",
        Reason = "The old one is too low.",
        Excluded = excluded,
        Simulation = simulation,
    };

    public static Voter Compliance(string name) => new($"user:{name}", [Roles.Compliance]);

    public static Voter Admin(string name) => new($"user:{name}", [Roles.Admin]);

    public Task<Guid> RequestAsync(ApprovalAsk? ask = null) => Gate.RequestAsync(ask ?? Ask(), Stop);

    public async Task<ApprovalRecord> FindAsync(Guid id) => (await Slice.Get<ApprovalStore>().FindAsync(id, Stop))!;

    public async Task<ApprovalOutcome> SayAsync(Guid id, Voter voter, bool approves = true, string? hash = null) =>
        await Voting.DecideAsync(id, new ApprovalWord(voter, approves, hash ?? (await FindAsync(id)).Row.BoundHash, "Looked at."), Stop);

    /// <summary>Agrees, and expects to be counted.</summary>
    public async Task<ApprovalRequestRow> AgreeAsync(Guid id, Voter voter) => Assert.IsType<ApprovalOutcome.Counted>(await SayAsync(id, voter)).Record.Row;

    /// <summary>How often the act was done, as the database says.</summary>
    public async Task<long> DoneAsync()
    {
        await using IWriteSession session = await Slice.Database.BeginWriteAsync(Stop);
        await using System.Data.Common.DbCommand command = session.CreateCommand("SELECT COUNT(*) FROM callback_leases WHERE owner = 'approved'");
        return Convert.ToInt64(await command.ExecuteScalarAsync(Stop), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Slice.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Writes a row in the approval's commit; as unready, impossible or faulty as the test wants it.</summary>
internal sealed class WritingAction : IApprovedAction
{
    private int _committed;

    public string Action => ApprovalWorld.Action;

    public int Committed => _committed;

    /// <summary>How often it fails from now on.</summary>
    public int Faults { get; set; }

    /// <summary>How often it says that something changed.</summary>
    public int Changes { get; set; }

    public string? Impossible { get; set; }

    public ApprovedRequest? Asked { get; private set; }

    public Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        Asked = request;
        if (Impossible is { } why)
        {
            return Task.FromResult<ApprovedOutcome>(new ApprovedOutcome.Impossible(why));
        }

        if (Faults > 0)
        {
            Faults--;
            throw new InvalidOperationException("The test wants it so.");
        }

        return Task.FromResult<ApprovedOutcome>(new ApprovedOutcome.Ready(WriteAsync, () => Interlocked.Increment(ref _committed)));
    }

    private async Task<bool> WriteAsync(IWriteSession session, CancellationToken cancellationToken)
    {
        // Any table will do: what counts is that the row comes and goes with the commit.
        string now = session.Kind == DatabaseKind.Sqlite ? "0" : "now()";
        await using System.Data.Common.DbCommand command = session.CreateCommand($"INSERT INTO callback_leases (name, owner, until) VALUES ('{Guid.CreateVersion7()}', 'approved', {now})");
        await command.ExecuteNonQueryAsync(cancellationToken);
        if (Changes > 0)
        {
            Changes--;
            return false;
        }

        return true;
    }
}
