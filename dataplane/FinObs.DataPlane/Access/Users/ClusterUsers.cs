using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access.Users;

/// <summary>Tells whether somebody who signs in here is who changed something in the cluster. Nobody needs to have signed in by then: it is told when they come to decide.</summary>
internal sealed class ClusterUsers(UserDirectory users, UserProfiles profiles, IOptions<AccessOptions> options)
{
    /// <param name="names">Who asked: names of the audit log, and of the cluster.</param>
    /// <param name="actor">Whoever comes, as the audit log names them.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null where it cannot be told: whoever it is has no profile (any more).</returns>
    public async Task<bool?> IsOneOfAsync(IEnumerable<string> names, string actor, CancellationToken cancellationToken)
    {
        // Names of ours are compared as they are.
        string[] foreign = [.. names.Where(name => !name.StartsWith(Caller.PersonPrefix, StringComparison.Ordinal) && !name.StartsWith("key:", StringComparison.Ordinal) && name is not (Caller.Local or Caller.KeyHolder))];
        if (foreign.Length == 0 || !actor.StartsWith(Caller.PersonPrefix, StringComparison.Ordinal) || !Guid.TryParseExact(actor[Caller.PersonPrefix.Length..], "D", out Guid id)) return false;
        if (await users.FindAsync(id, cancellationToken) is not { } user || profiles.Open(id, user.Profile) is not { } profile)
        {
            return foreign.All(name => name.StartsWith("system:", StringComparison.Ordinal)) ? false : null;
        }

        return foreign.Any(name => ClusterUser.IsMeant(name, id, profile, options.Value.ClusterUsers));
    }
}
