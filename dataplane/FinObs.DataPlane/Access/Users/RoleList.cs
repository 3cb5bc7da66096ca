namespace FinObs.DataPlane.Access.Users;

/// <summary>Roles as a row keeps them: in ordinal order, with commas between.</summary>
internal static class RoleList
{
    public static string[] Parse(string kept) => kept.Split(',', StringSplitOptions.RemoveEmptyEntries);

    public static string Of(IEnumerable<string> roles) => string.Join(',', roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
}
