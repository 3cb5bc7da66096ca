using System.Text.RegularExpressions;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FinObs.DataPlane.Models.Artifacts;

/// <summary>Artifacts by their content address: whoever has the digest knows which bytes they get.</summary>
internal static partial class ArtifactsApi
{
    private const string Zip = "application/zip";
    private const int MostLimit = 500;

    public static IEndpointRouteBuilder MapArtifacts(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder artifacts = app.MapGroup("/v1/artifacts").WithTags("Models");
        artifacts.MapPut("/{digest}", PutAsync).Accepts<IFormFile>(Zip).RequirePermissionOrTrainer(Permissions.ModelConfig).WithName("PutArtifact")
            .WithSummary("Upload an artifact (a zip of manifest.json and model.onnx); the bytes must have the digest of the path.");
        artifacts.MapGet("/{digest}", GetAsync).Produces(StatusCodes.Status200OK, contentType: Zip).RequireAuthorization(AccessServices.WorkloadPolicy).WithName("GetArtifact").WithSummary("An artifact's bytes; they never change.");
        artifacts.MapMethods("/{digest}", [HttpMethods.Head], GetAsync).RequireAuthorization(AccessServices.WorkloadPolicy).ExcludeFromDescription();
        artifacts.MapGet("/", ListAsync).RequirePermission(Permissions.ModelRead).WithName("ListArtifacts").WithSummary("Artifacts, newest first.");
        return app;
    }

    private static async Task<Results<Created<ArtifactAnswer>, Ok<ArtifactAnswer>, ProblemHttpResult>> PutAsync(
        string digest, HttpContext context, ArtifactStore store, UploadGate gate, DataFolder folder, IOptions<ModelOptions> options, IDatabase database, CancellationToken cancellationToken)
    {
        if (!Digest().IsMatch(digest) || digest.EndsWith('\n'))
        {
            return Problem(StatusCodes.Status422UnprocessableEntity, "invalid_digest", "The path must end with the artifact's digest: sha256: and 64 hex digits, as `train` prints it.");
        }

        if (context.Request.ContentType is { } type && !type.StartsWith(Zip, StringComparison.OrdinalIgnoreCase))
        {
            return Problem(StatusCodes.Status415UnsupportedMediaType, "not_a_zip", "Send the zip with Content-Type: application/zip.");
        }

        using IDisposable turn = await gate.EnterAsync(cancellationToken);
        try
        {
            await using FileStream? upload = await ReceiveAsync(context, folder, options.Value.MaxArtifactBytes, cancellationToken);
            if (upload is null)
            {
                return Problem(
                    StatusCodes.Status413PayloadTooLarge, nameof(ArtifactProblem.Oversized), $"The zip is larger than {options.Value.MaxArtifactBytes:N0} bytes: export a smaller model, or raise Models:MaxArtifactBytes.");
            }

            ModelArtifact artifact = ModelArtifact.ReadZip(upload, digest);
            artifact.Open().Dispose();
            bool isNew = await store.SaveAsync(artifact, ArtifactOrigins.Uploaded, Uploader(context), cancellationToken);
            ArtifactAnswer answer = await AnswerAsync(database, digest, cancellationToken);
            return isNew ? TypedResults.Created($"/v1/artifacts/{digest}", answer) : TypedResults.Ok(answer);
        }
        catch (ArtifactException refusal)
        {
            return Problem(StatusCodes.Status422UnprocessableEntity, refusal.Problem.ToString(), refusal.Message);
        }
    }

    /// <summary>Null where nobody has to say who they are.</summary>
    private static string? Uploader(HttpContext context) => Caller.ShownNameOf(context);

    /// <summary>To a file that goes with its handle: an upload may be larger than the memory that one wants to give it. Null where it is too large.</summary>
    private static async Task<FileStream?> ReceiveAsync(HttpContext context, DataFolder folder, long limit, CancellationToken cancellationToken)
    {
        // The server's own limit closes the connection before the sender has seen the answer; ours lets it drain what is on its way.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Request.ContentLength > limit)
        {
            return null;
        }

        FileStream file = new(folder.File($"upload-{Guid.CreateVersion7():N}.tmp"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 81_920, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            byte[] buffer = new byte[81_920];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (file.Position + read > limit)
                {
                    await file.DisposeAsync();
                    return null;
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static async Task<Results<FileContentHttpResult, StatusCodeHttpResult, ProblemHttpResult, EmptyHttpResult>> GetAsync(
        string digest, HttpContext context, IDatabase database, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var found = await db.Artifacts.Where(row => row.Digest == digest).Select(row => new { row.Size, row.UploadedAt }).FirstOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return Problem(StatusCodes.Status404NotFound, "not_found", "There is no artifact with this digest: GET /v1/artifacts lists those there are.");
        }

        EntityTagHeaderValue tag = new($"\"{digest}\"");
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            (context.Response.Headers.ETag, context.Response.ContentType, context.Response.ContentLength) = (tag.ToString(), Zip, found.Size);
            return TypedResults.Empty;
        }

        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            context.Response.Headers.ETag = tag.ToString();
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        byte[] zip = await db.Artifacts.Where(row => row.Digest == digest).Select(row => row.Zip).FirstAsync(cancellationToken);
        return TypedResults.File(zip, Zip, $"{digest.Replace(':', '-')}.zip", lastModified: found.UploadedAt, entityTag: tag);
    }

    private static async Task<Results<Ok<ArtifactList>, ProblemHttpResult>> ListAsync(IDatabase database, CancellationToken cancellationToken, string? after = null, int limit = 100)
    {
        if (limit is < 1 or > MostLimit)
        {
            return Problem(StatusCodes.Status400BadRequest, "bad_query", $"limit must be a whole number from 1 to {MostLimit}.");
        }

        Guid before = Guid.AllBitsSet;
        if (after is not null && !Guid.TryParseExact(after, "N", out before))
        {
            return Problem(StatusCodes.Status400BadRequest, "bad_query", "after must be the `next` of the page before; leave it out for the first page.");
        }

        await using FinObsDbContext db = database.CreateContext();
        var rows = await db.Artifacts.Where(row => row.Id < before).OrderByDescending(row => row.Id).Take(limit)
            .Select(row => new { row.Id, Answer = new ArtifactAnswer(row.Digest, row.Model, row.Version, row.Size, row.Origin, row.UploadedAt, row.LeafId) })
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new ArtifactList([.. rows.Select(row => row.Answer)], rows.Count == limit ? rows[^1].Id.ToString("N") : null));
    }

    private static async Task<ArtifactAnswer> AnswerAsync(IDatabase database, string digest, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Artifacts.Where(row => row.Digest == digest)
            .Select(row => new ArtifactAnswer(row.Digest, row.Model, row.Version, row.Size, row.Origin, row.UploadedAt, row.LeafId)).FirstAsync(cancellationToken);
    }

    private static ProblemHttpResult Problem(int status, string code, string detail) => TypedResults.Problem(
        detail, statusCode: status, title: "The artifact is refused", extensions: [KeyValuePair.Create<string, object?>("code", code)]);

    [GeneratedRegex(Patterns.Digest, RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Digest();
}

/// <summary>An artifact without its bytes.</summary>
internal sealed record ArtifactAnswer(string Digest, string Model, string Version, long Size, string Origin, DateTimeOffset UploadedAt, Guid LeafId);

/// <summary>A page of artifacts.</summary>
internal sealed record ArtifactList(IReadOnlyList<ArtifactAnswer> Items, string? Next);

/// <summary>A model is opened while it is received, which takes memory: two uploads at a time, the others wait.</summary>
internal sealed class UploadGate : IDisposable
{
    private readonly SemaphoreSlim _slots = new(2, 2);

    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        return new Turn(_slots);
    }

    public void Dispose() => _slots.Dispose();

    private sealed class Turn(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
