using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Exports.Store;
using FinObs.DataPlane.Exports.Verification;
using FinObs.DataPlane.Exports.Writing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace FinObs.DataPlane.Exports.Api;

/// <summary>Exports over HTTP: ask, look, fetch, verify.</summary>
internal static class ExportsApi
{
    private const int MostLimit = 500;
    private const int MaxManifestBytes = 256 * 1024;

    public static void MapExports(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder group = app.MapGroup("/v1/exports").WithTags("Exports");
        group.MapGet("/types", Types).RequirePermission(Permissions.ExportRead).WithName("ListExportTypes").WithSummary("What can be exported: columns, and filters with what they take.");
        group.MapPost("", CreateAsync).RequirePermission(Permissions.ExportCreate).WithName("CreateExport").WithSummary("Have an export made. It is recorded, and where so configured people must agree first.")
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        group.MapGet("", ListAsync).RequirePermission(Permissions.ExportRead).WithName("ListExports").WithSummary("Exports, newest first, a page at a time.");
        group.MapGet("/{id:guid}", GetAsync).RequirePermission(Permissions.ExportRead).WithName("GetExport").WithSummary("One export and how far it is.");
        group.MapGet("/{id:guid}/content", ContentAsync).RequirePermission(Permissions.ExportRead).WithName("GetExportContent").WithSummary("The file. Each fetch is recorded before the first byte.")
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status410Gone);
        group.MapGet("/{id:guid}/manifest", ManifestAsync).RequirePermission(Permissions.ExportRead).WithName("GetExportManifest").WithSummary("The signed manifest: SHA-256, rows, scope, columns.");
        group.MapPost("/verify", VerifyAsync).RequirePermission(Permissions.ExportRead).WithName("VerifyExport").WithSummary("Compare a file with its manifest: multipart/form-data with `manifest`, then `file`.")
            .DisableAntiforgery();
    }

    private static Ok<ExportTypeAnswer[]> Types(ExportSources sources) => TypedResults.Ok<ExportTypeAnswer[]>([.. sources.All.Select(source => new ExportTypeAnswer(source.Type, source.Columns, source.Filters))]);

    private static async Task<Results<Accepted<ExportAnswer>, ProblemHttpResult>> CreateAsync(ExportRequest body, HttpContext context, ExportOrders orders, CancellationToken cancellationToken) =>
        await orders.TakeAsync(body, Caller.NameOf(context), permission => Caller.Has(context.User, permission), cancellationToken) switch
        {
            ExportOutcome.Taken { Row: var row } => TypedResults.Accepted($"/v1/exports/{row.Id}", ExportAnswer.Of(row)),
            ExportOutcome.Forbidden { Why: var why } => TypedResults.Problem(why, statusCode: StatusCodes.Status403Forbidden),
            ExportOutcome.Invalid { Why: var why } => TypedResults.Problem(why, statusCode: StatusCodes.Status422UnprocessableEntity, title: "The export is not valid."),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static async Task<Results<Ok<ExportPage>, ProblemHttpResult>> ListAsync(
        ExportStore store, CancellationToken cancellationToken, string @namespace = "default", string? type = null, string? status = null, Guid? before = null, int limit = 100)
    {
        ExportStatus wanted = default;
        if (limit is < 1 or > MostLimit || (status is not null && !Enum.TryParse(status, ignoreCase: true, out wanted)))
        {
            return TypedResults.Problem($"limit is from 1 to {MostLimit}, status one of {string.Join(", ", Enum.GetNames<ExportStatus>())}.", statusCode: StatusCodes.Status400BadRequest, title: "A filter is not valid.");
        }

        List<ExportRow> rows = await store.ListAsync(@namespace, type, status is null ? null : wanted, before, limit, cancellationToken);
        return TypedResults.Ok(new ExportPage([.. rows.Select(ExportAnswer.Of)], rows.Count == limit ? rows[^1].Id : null));
    }

    private static async Task<Results<Ok<ExportAnswer>, ProblemHttpResult>> GetAsync(Guid id, ExportStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } row ? TypedResults.Ok(ExportAnswer.Of(row)) : NoExport;

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> ContentAsync(Guid id, HttpContext context, ExportStore store, ExportSources sources, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } row) return NoExport;
        if (row.Personal && !Caller.Has(context.User, Permissions.PersonalDataRead))
        {
            return TypedResults.Problem("This export holds personal data in clear: it needs the permission personal_data:read.", statusCode: StatusCodes.Status403Forbidden);
        }

        if (sources.Find(row.Type)?.Permission is { } needed && !Caller.Has(context.User, needed))
        {
            return TypedResults.Problem($"An export of {row.Type} needs the permission {needed}.", statusCode: StatusCodes.Status403Forbidden);
        }

        switch (row.Status)
        {
            case ExportStatus.Ready:
                await store.DownloadedAsync(row, Caller.NameOf(context), cancellationToken);
                context.Response.ContentLength = row.Bytes;
                return TypedResults.Stream(output => WriteAsync(output, row, store, context.RequestAborted), ExportValues.Rows(row.Format).MediaType, $"{row.Type}-{row.Id}.{row.Format}");
            case ExportStatus.Expired:
                return TypedResults.Problem("The file was removed after its time (Exports:KeepDays). The manifest is still there; ask for a new export.", statusCode: StatusCodes.Status410Gone);
            case ExportStatus.Failed:
                return TypedResults.Problem($"The export was not made. {row.Failure}", statusCode: StatusCodes.Status409Conflict);
            case ExportStatus.AwaitingApproval:
                return TypedResults.Problem("People must agree first: see GET /v1/approvals.", statusCode: StatusCodes.Status409Conflict, title: "Awaiting approval.");
            default:
                context.Response.Headers.RetryAfter = "1";
                return TypedResults.Problem("The file is not ready yet: ask again in a second.", statusCode: StatusCodes.Status409Conflict, title: "Not ready.");
        }
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> ManifestAsync(Guid id, ExportStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { Manifest: { } manifest } ? TypedResults.Text(manifest, "application/json") : NoExport;

    /// <summary>Reads the parts as they come: nothing is kept, neither in memory nor on disk.</summary>
    private static async Task<Results<Ok<ExportVerification>, ProblemHttpResult>> VerifyAsync(HttpRequest request, AuditKeyring keyring, CancellationToken cancellationToken)
    {
        string? boundary = MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type) && type.MediaType == "multipart/form-data" ? HeaderUtilities.RemoveQuotes(type.Boundary).Value : null;
        if (string.IsNullOrEmpty(boundary)) return NotTwoParts;
        MultipartReader reader = new(boundary, request.Body);
        if (await reader.ReadNextSectionAsync(cancellationToken) is not { } first || NameOf(first) != "manifest") return NotTwoParts;
        byte[] manifest = new byte[MaxManifestBytes];
        int length = await first.Body.ReadAtLeastAsync(manifest, manifest.Length, throwOnEndOfStream: false, cancellationToken);
        if (length == manifest.Length || await reader.ReadNextSectionAsync(cancellationToken) is not { } second || NameOf(second) != "file") return NotTwoParts;
        try
        {
            ExportManifest opened = ExportManifest.Open(System.Text.Encoding.UTF8.GetString(manifest, 0, length), keyring.Signer.Verifier);
            string? difference = await opened.CompareAsync(second.Body, cancellationToken);
            return TypedResults.Ok(new ExportVerification(difference is null, difference, opened.Id));
        }
        catch (FormatException e)
        {
            return TypedResults.Ok(new ExportVerification(false, e.Message, null));
        }
    }

    private static string? NameOf(MultipartSection section) =>
        ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition) ? HeaderUtilities.RemoveQuotes(disposition.Name).Value : null;

    private static async Task WriteAsync(Stream output, ExportRow row, ExportStore store, CancellationToken cancellationToken)
    {
        await foreach (byte[] part in store.PartsAsync(row, cancellationToken)) await output.WriteAsync(part, cancellationToken);
    }

    private static ProblemHttpResult NoExport => TypedResults.Problem("There is no such export, or it has no manifest yet: GET /v1/exports lists them.", statusCode: StatusCodes.Status404NotFound, title: "Not found.");

    private static ProblemHttpResult NotTwoParts =>
        TypedResults.Problem("Send multipart/form-data with two parts: `manifest` (at most 256 KiB), then `file`.", statusCode: StatusCodes.Status400BadRequest, title: "The request is not valid.");
}
