using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Why a request as a whole cannot be taken; nothing of it is stored.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">A word for programs.</param>
/// <param name="Detail">What to do.</param>
internal sealed record BodyProblem(int Status, string Code, string Detail)
{
    public static readonly BodyProblem Empty = new(
        StatusCodes.Status400BadRequest, "empty_body", "The body is empty: send a JSON object, an array of up to 10,000, or NDJSON.");

    public static readonly BodyProblem InvalidUtf8 = new(
        StatusCodes.Status400BadRequest, ItemErrorCodes.InvalidUtf8, "The body is not valid UTF-8: encode it as UTF-8.");

    public static readonly BodyProblem NotObjectOrArray = new(
        StatusCodes.Status400BadRequest, ItemErrorCodes.NotAnObject, "The body is neither a JSON object nor an array of objects: send one of them.");

    public static readonly BodyProblem InvalidGzip = new(
        StatusCodes.Status400BadRequest, "invalid_gzip", "The body is not valid gzip: compress it again, or send it without Content-Encoding.");

    public static readonly BodyProblem GzipBomb = new(
        StatusCodes.Status413PayloadTooLarge, "gzip_ratio", "The compressed body grows suspiciously large: send it uncompressed.");

    public static readonly BodyProblem WrongContentType = new(
        StatusCodes.Status415UnsupportedMediaType,
        "unsupported_media_type",
        "Say what the body is: Content-Type: application/json for an object or array, application/x-ndjson for one object a line; in UTF-8.");

    public static readonly BodyProblem WrongEncoding = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_encoding", "Send the body as it is or with Content-Encoding: gzip.");

    public static BodyProblem TooLarge(int maxBytes) => new(
        StatusCodes.Status413PayloadTooLarge,
        "body_too_large",
        $"The body is larger than {maxBytes / 1024.0 / 1024:0.##} MB: split it, or send NDJSON (Content-Type: application/x-ndjson), which has no limit.");

    public static BodyProblem TooManyItems(int maxItems) => new(
        StatusCodes.Status413PayloadTooLarge,
        "too_many_items",
        $"The array has more than {maxItems:N0} items: split it, or send NDJSON (Content-Type: application/x-ndjson), which has no limit. Nothing was stored.");

    public static BodyProblem Malformed(long line, long column) => new(
        StatusCodes.Status400BadRequest,
        ItemErrorCodes.MalformedJson,
        $"The JSON is broken at line {line}, byte {column}: nothing was stored. NaN, Infinity, comments and trailing commas are not JSON; "
        + "for one object a line say Content-Type: application/x-ndjson.");

    public static readonly BodyProblem TooDeep = new(
        StatusCodes.Status400BadRequest,
        ItemErrorCodes.TooDeep,
        "The JSON is nested too deep to be read: nothing was stored. An item may have 16 levels; flatten it, or send the deep part as a string.");

    public static BodyProblem Invalid(string code, string detail) => new(StatusCodes.Status400BadRequest, code, detail);

    public ProblemHttpResult ToResult() => TypedResults.Problem(
        Detail, statusCode: Status, extensions: new Dictionary<string, object?> { ["code"] = Code });
}
