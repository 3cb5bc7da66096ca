namespace FinObs.DataPlane.Audit;

/// <summary>
/// Acts whose very existence must not be told to whoever may read the log (suspicious activity reports: 31 CFR 1020.320(e)). Their leaves say nothing but that there was one, of no subject and about nothing; what
/// it was stands in the payload, which leaves the system only for those with the permission.
/// </summary>
internal static class RestrictedActs
{
    /// <summary>The kind of all of them.</summary>
    public const string Kind = "restricted.act";

    /// <summary>True where the payload is not restricted.</summary>
    public static bool IsOpen(string kind) => kind != Kind;
}
