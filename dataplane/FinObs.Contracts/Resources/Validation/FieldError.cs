namespace FinObs.Contracts.Resources.Validation;

/// <summary>What is wrong with one field.</summary>
/// <param name="Path">The field, e.g. <c>spec.decision.blockAt</c>.</param>
/// <param name="Message">What is wrong, and what to write instead.</param>
public sealed record FieldError(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
