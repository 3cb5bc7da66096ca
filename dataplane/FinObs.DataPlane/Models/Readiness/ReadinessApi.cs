using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.Validation;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Models.Readiness;

/// <summary>Where the operator says which pods of a version are ready.</summary>
internal static class ReadinessApi
{
    private const int MostEndpoints = 1000;

    public static void MapReadiness(this IEndpointRouteBuilder app) =>
        app.MapPut("/v1/namespaces/{namespace}/modelversions/{name}/readiness", PutAsync)
            .RequirePermission(Permissions.ResourceWrite)
            .Accepts<ServingReadiness>("application/json").WithTags("Models")
            .WithName("PutServingReadiness").WithSummary("Say which pods of a version are ready; they are scored with while the digest is the one in force.");

    private static async Task<Results<NoContent, ProblemHttpResult>> PutAsync(
        string @namespace, string name, HttpContext context, ResourceCatalogue catalogue, ReadinessStore store, CancellationToken cancellationToken)
    {
        ResourceKey key = new(@namespace, ResourceKinds.ModelVersion.Name, name);
        ServingReadiness? readiness;
        try
        {
            readiness = context.Request.HasJsonContentType() ? await JsonSerializer.DeserializeAsync<ServingReadiness>(context.Request.Body, ResourceJson.Lenient, cancellationToken) : null;
        }
        catch (JsonException exception)
        {
            return ResourceProblems.Invalid([ResourceReader.ErrorOf(exception, typeof(ServingReadiness))]);
        }

        if (readiness is null)
        {
            return ResourceProblems.NotJson;
        }

        if (Problems(readiness) is { Count: > 0 } errors)
        {
            return ResourceProblems.Invalid(errors);
        }

        // From the tables where the catalogue does not have it yet: the operator submits and reports in one breath, perhaps to two replicas.
        StoredResource? resource = catalogue.Current.Find(key) ?? (await catalogue.RefreshAsync(cancellationToken)).Find(key);
        if (resource is null)
        {
            return ResourceProblems.Of(new DoorOutcome.NotFound(), key);
        }

        if (resource.Row.Uid != readiness.Uid)
        {
            return ResourceProblems.Of(new DoorOutcome.Refused(RefusalCodes.Stale, $"The object with uid {readiness.Uid} is not in force: uid {resource.Row.Uid} is."), key);
        }

        await store.SetAsync(key, readiness, cancellationToken);
        return TypedResults.NoContent();
    }

    private static List<FieldError> Problems(ServingReadiness readiness)
    {
        List<FieldError> errors = [];
        if (readiness.Endpoints.Count > MostEndpoints)
        {
            errors.Add(new FieldError("endpoints", $"must be at most {MostEndpoints}: name a headless service instead"));
        }

        errors.AddRange(readiness.Endpoints.Select((endpoint, i) => (endpoint, i)).Where(item => !IsAddress(item.endpoint)).Select(item => new FieldError($"endpoints[{item.i}]", "must have the form http://host:port or https://host:port")));
        if (readiness.Replicas < 0 || readiness.ReadyReplicas < 0)
        {
            errors.Add(new FieldError("replicas", "must not be negative"));
        }

        return errors;
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" } && text.Length <= 512;
}
