using System.Net;

namespace FinObs.Operator.Reconciliation.Api;

/// <summary>The API server said no.</summary>
internal sealed class ApiException(HttpStatusCode status, string reason, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The machine-readable reason of the answer, e.g. <c>AlreadyExists</c>.</summary>
    public string Reason { get; } = reason;

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>Somebody else wrote in between (or, on create, was first): look again, then decide again.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict;

    /// <summary>The resource version is too old to go on from: list again.</summary>
    public bool IsGone => Status == HttpStatusCode.Gone || Reason == "Expired";

    /// <summary>The object or its fields are not acceptable: trying again will not help.</summary>
    public bool IsInvalid => Status is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest;
}
