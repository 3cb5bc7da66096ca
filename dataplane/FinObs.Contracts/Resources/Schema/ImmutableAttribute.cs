namespace FinObs.Contracts.Resources.Schema;

/// <summary>The field cannot change once the object exists: <c>self == oldSelf</c> in the API server, compared as JSON by everybody else.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ImmutableAttribute : Attribute
{
    /// <summary>The rule in CEL.</summary>
    public const string Cel = "self == oldSelf";

    /// <summary>What to do instead.</summary>
    public const string Message = "cannot be changed; create another object instead";
}
