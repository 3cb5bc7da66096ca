using System.Collections.Concurrent;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Monitoring.Windows;

/// <summary>Layouts by version: made once from the artifact, which never changes.</summary>
internal sealed class WindowLayouts(IDatabase database, ModelLibrary library)
{
    private readonly ConcurrentDictionary<long, WindowLayout> _layouts = [];
    private readonly ConcurrentDictionary<long, long> _versions = [];

    public async ValueTask<WindowLayout> OfAsync(long versionId, CancellationToken cancellationToken)
    {
        if (versionId == WindowBuckets.NoVersion)
        {
            return WindowLayout.None;
        }

        if (_layouts.TryGetValue(versionId, out WindowLayout? known))
        {
            return known;
        }

        await using FinObsDbContext db = database.CreateContext();
        string? digest = await db.ModelVersions.Where(row => row.Id == versionId).Select(row => row.Digest).FirstOrDefaultAsync(cancellationToken);
        LoadedModel? model = digest is null ? null : await library.FindAsync(digest, cancellationToken);
        WindowLayout layout = WindowLayout.Of(model?.Scorer);

        // An artifact that is refused today may be found tomorrow.
        return model is null ? layout : _layouts.GetOrAdd(versionId, layout);
    }

    /// <summary>The version of a scoring engine; <see cref="WindowBuckets.NoVersion"/> for none.</summary>
    public async ValueTask<long> VersionOfAsync(long? engineId, CancellationToken cancellationToken)
    {
        if (engineId is not { } id)
        {
            return WindowBuckets.NoVersion;
        }

        if (_versions.TryGetValue(id, out long version))
        {
            return version;
        }

        await using FinObsDbContext db = database.CreateContext();
        return _versions.GetOrAdd(id, await db.ScoringEngines.Where(row => row.Id == id).Select(row => row.ModelVersionId).FirstAsync(cancellationToken));
    }
}
