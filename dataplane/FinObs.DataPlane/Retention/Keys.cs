using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Retention;

/// <summary>Live subject keys.</summary>
internal static class Keys
{
    /// <summary>When the subject's live key was made; null where it has none.</summary>
    public static Task<DateTimeOffset?> MadeAsync(FinObsDbContext db, string @namespace, string token, CancellationToken cancellationToken) =>
        db.SubjectKeys.Where(key => key.Namespace == @namespace && key.Subject == token && key.DestroyedAt == null)
            .Select(key => (DateTimeOffset?)key.CreatedAt).SingleOrDefaultAsync(cancellationToken);
}
