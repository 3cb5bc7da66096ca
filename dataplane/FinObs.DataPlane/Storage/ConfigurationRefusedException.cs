namespace FinObs.DataPlane.Storage;

/// <summary>The configuration cannot be what is meant: the host does not start, and the message says what to change.</summary>
internal sealed class ConfigurationRefusedException(string message) : Exception(message);
