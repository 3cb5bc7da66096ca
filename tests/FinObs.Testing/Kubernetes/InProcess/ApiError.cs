using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>What the server answers instead: a Status.</summary>
internal sealed class ApiError(int code, string reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public static ApiError NotFound(ServedResource resource, string name) =>
        new(404, "NotFound", $"{resource.Plural}{(resource.Group.Length > 0 ? "." + resource.Group : "")} \"{name}\" not found");

    public static ApiError Conflict(string message) => new(409, "Conflict", message);

    public static ApiError Modified(ServedResource resource, string name) => Conflict(
        $"Operation cannot be fulfilled on {resource.Plural} \"{name}\": the object has been modified; please apply your changes to the latest version and try again");

    public static ApiError AlreadyExists(ServedResource resource, string name) => new(409, "AlreadyExists", $"{resource.Plural} \"{name}\" already exists");

    public static ApiError Invalid(string message) => new(422, "Invalid", message);

    public static ApiError BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiError Expired(string message) => new(410, "Expired", message);

    public JsonObject ToStatus() => new()
    {
        ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = Message, ["reason"] = Reason, ["code"] = Code,
    };
}
