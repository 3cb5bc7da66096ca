namespace FinObs.Retraining.Registration;

/// <summary>The model is trained, but the data plane did not take it; the message says what to do.</summary>
internal sealed class RegistrationException(string message) : Exception(message);
