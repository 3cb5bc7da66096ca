using System.CommandLine;

namespace FinObs.DataPlane.Storage;

/// <summary><c>migrate</c>: the schema only, for a deployment step that runs under the owner's role before any replica starts.</summary>
internal static class MigrateCommand
{
    public static Command Create(Func<ServiceProvider> services)
    {
        Command command = new("migrate", "Bring the database's schema up to date and end.");
        command.SetAction(async (_, cancellationToken) =>
        {
            await using ServiceProvider provider = services();
            await provider.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
            return 0;
        });
        return command;
    }
}
