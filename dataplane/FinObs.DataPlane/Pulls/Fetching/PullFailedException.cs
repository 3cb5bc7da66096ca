namespace FinObs.DataPlane.Pulls.Fetching;

/// <summary>A run cannot go on.</summary>
/// <param name="isReachable">False where no good answer came; true where it could not be read.</param>
/// <param name="reason">Of the closed list of a PullSource's reasons.</param>
/// <param name="message">A sentence for its status; nothing of what was answered is in it.</param>
internal sealed class PullFailedException(bool isReachable, string reason, string message) : Exception(message)
{
    public bool IsReachable { get; } = isReachable;

    public string Reason { get; } = reason;

    /// <summary>What the server answered; null where it did not.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>What the server asked for.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The server does not know the page that was asked for: begin again.</summary>
    public bool CursorRefused { get; init; }

    public static PullFailedException Unreadable(string message) => new(isReachable: true, Contracts.Resources.PullSources.PullSourceReasons.AnswerNotReadable, message);
}
