namespace FinObs.Retraining;

/// <summary>What the process says when it ends.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The arguments, a file or a model cannot be used; the message says why.</summary>
    public const int BadInput = 1;

    /// <summary>The model is trained, but the data plane did not take it; the message says why.</summary>
    public const int NotRegistered = 2;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Cancelled = 130;
}
