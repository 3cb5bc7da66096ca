using System.Globalization;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Retraining.Candidates;

/// <summary>Which version a candidate will have, and which it must not be worse than.</summary>
internal sealed class CandidateVersions(IDatabase database, RouteStore routes)
{
    private const string First = "1.0.0";

    /// <summary>The run with both: parent is the version that decides, or the highest where this model decides nothing.</summary>
    public async Task<RetrainingRunRow> AssignAsync(RetrainingRunRow run, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var known = await db.ModelVersions.Where(row => row.Model == run.Model && (row.Namespace == run.Namespace || row.Namespace == ModelRouter.DefaultNamespace))
            .OrderBy(row => row.Id).Select(row => new { row.Version, row.Digest }).ToListAsync(cancellationToken);
        List<string> promised = await db.RetrainingRuns.Where(row => row.Namespace == run.Namespace && row.Model == run.Model && row.CandidateVersion != null)
            .OrderBy(row => row.Id).Select(row => row.CandidateVersion!).ToListAsync(cancellationToken);
        RouteVersion? deciding = await routes.DecidingAsync(run.Namespace, cancellationToken);
        var parent = deciding is not null && deciding.Model == run.Model
            ? new { deciding.Version, deciding.Digest }
            : known.MaxBy(version => version.Version, SemanticVersion.Precedence);
        string? highest = known.Select(version => version.Version).Concat(promised).Max(SemanticVersion.Precedence);
        return run with { CandidateVersion = highest is null ? First : After(highest), ParentVersion = parent?.Version, ParentDigest = parent?.Digest };
    }

    /// <summary>The next patch: what went before, with its pre-release dropped, and one more.</summary>
    internal static string After(string version)
    {
        string[] parts = version.Split('+')[0].Split('-')[0].Split('.');
        return string.Create(CultureInfo.InvariantCulture, $"{parts[0]}.{parts[1]}.{long.Parse(parts[2], CultureInfo.InvariantCulture) + 1}");
    }
}
