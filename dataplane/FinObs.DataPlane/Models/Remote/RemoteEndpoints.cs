using System.Net;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>Where and how a model version is served outside this process. Not a record: a record would print the token.</summary>
/// <param name="addresses"><c>http(s)://host:port</c>; a name with many addresses stands for all of them.</param>
internal sealed class RemoteEndpoints(IReadOnlyList<string> addresses)
{
    public IReadOnlyList<string> Addresses { get; } = addresses;

    public RemoteProtocol Protocol { get; init; }

    public RemoteContents Contents { get; init; }

    /// <summary>How it is asked where it is no scoring pod of ours; it is then not asked for digest and engine, because it knows neither.</summary>
    public ExternalModel? External { get; init; }

    /// <summary>Shown to these servers instead of the key of <c>Models:Remote:ApiKeyFile</c>, which no <see cref="External"/> one is ever shown.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Which addresses a name may stand for; null = all of them, as for pods of ours.</summary>
    public Func<IPAddress, bool>? Allow { get; init; }

    /// <summary>What a call may take, instead of the bounds of <c>Models:Remote</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    public static bool IsAddress(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.UserInfo.Length == 0;
}

/// <summary>A model on a server that is not ours: what it is called there, and which output is the margin.</summary>
internal sealed record ExternalModel(ServerReference Server, ScoreOutput Output);
