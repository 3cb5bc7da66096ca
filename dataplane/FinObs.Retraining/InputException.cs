namespace FinObs.Retraining;

/// <summary>What the user gave cannot be used; the message says what to do.</summary>
internal sealed class InputException(string message) : Exception(message);
