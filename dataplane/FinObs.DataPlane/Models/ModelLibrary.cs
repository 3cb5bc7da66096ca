using System.Collections.Concurrent;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Storage;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models;

/// <summary>A verified model version in memory.</summary>
internal sealed record LoadedModel(IScoringModel Scorer, FeatureExtractor Extractor);

/// <summary>Model versions by digest, read from the database once, verified before every load, kept warm.</summary>
internal sealed partial class ModelLibrary(IDatabase database, ILogger<ModelLibrary> logger)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<LoadedModel?>>> _loaded = [];

    /// <summary>Null where there is no such artifact, or where its artifact is refused (which is logged).</summary>
    public async Task<LoadedModel?> FindAsync(string digest, CancellationToken cancellationToken)
    {
        Lazy<Task<LoadedModel?>> entry = _loaded.GetOrAdd(digest, key => new Lazy<Task<LoadedModel?>>(() => LoadAsync(key)));
        LoadedModel? model = await entry.Value.WaitAsync(cancellationToken);
        if (model is null)
        {
            _loaded.TryRemove(new KeyValuePair<string, Lazy<Task<LoadedModel?>>>(digest, entry));
        }

        return model;
    }

    private async Task<LoadedModel?> LoadAsync(string digest)
    {
        await using FinObsDbContext db = database.CreateContext();
        byte[]? zip = await db.Artifacts.Where(row => row.Digest == digest).Select(row => row.Zip).FirstOrDefaultAsync();
        if (zip is null)
        {
            return null;
        }

        try
        {
            using MemoryStream stream = new(zip);
            ModelArtifact artifact = ModelArtifact.ReadZip(stream, digest);
            IScoringModel scorer = artifact.Manifest.Format == ModelFormat.OpenInference ? new ForeignModel(artifact) : artifact.Open();
            return new LoadedModel(scorer, new FeatureExtractor(scorer.Manifest.Features));
        }
        catch (ArtifactException refusal)
        {
            Refused(logger, digest, refusal.Problem, refusal.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Model artifact {Digest} is refused ({Problem}): {Why}")]
    private static partial void Refused(ILogger logger, string digest, ArtifactProblem problem, string why);
}
