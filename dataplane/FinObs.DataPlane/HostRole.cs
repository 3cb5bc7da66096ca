using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane;

/// <summary>What this process is for.</summary>
internal enum HostRole
{
    DataPlane,
    Scorer,
}

internal static class HostRoles
{
    /// <summary>Key <c>Role</c> of the configuration, or <c>FINOBS_ROLE</c> of the environment.</summary>
    public static HostRole Of(string[] args)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        string role = configuration["Role"] ?? configuration["FINOBS_ROLE"] ?? "dataplane";
        return role.ToLowerInvariant() switch
        {
            "dataplane" => HostRole.DataPlane,
            "scorer" => HostRole.Scorer,
            _ => throw new ConfigurationRefusedException($"There is no role {role}: set Role to dataplane or scorer."),
        };
    }
}
