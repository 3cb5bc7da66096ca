namespace FinObs.DataPlane.Models.Versions;

/// <summary>Whether versions drift; the slice that checks it says so.</summary>
internal interface IDriftStandings
{
    /// <summary>What the last checks of whoever watches the version found; null where nobody has judged it.</summary>
    /// <param name="namespace">Tenant.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Name of the version.</param>
    /// <param name="versionId">Row of <c>model_versions</c>.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    Task<DriftStanding?> OfAsync(string @namespace, string model, string version, long versionId, CancellationToken cancellationToken);
}

/// <summary>How a version stands.</summary>
/// <param name="Drifts">At least one watch finds that it does.</param>
/// <param name="Message">A sentence that says who found what, and where the report is.</param>
internal sealed record DriftStanding(bool Drifts, string Message);
