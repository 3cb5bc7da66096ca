using System.CommandLine;
using System.Globalization;
using FinObs.Contracts.Resources;
using k8s;
using k8s.Models;

namespace FinObs.Kubectl;

/// <summary>Asks a DriftPolicy for one retraining, by its annotation: whoever may write the policy may ask.</summary>
internal static class RetrainCommand
{
    public static Command Create()
    {
        ClusterOptions cluster = new();
        Argument<string> name = new("driftpolicy") { Description = "Name of the DriftPolicy." };
        Option<string?> reason = new("--reason", "-m") { Description = "Why; goes to the audit log." };
        Command command = new("retrain", "Have a candidate trained. It never replaces a version by itself.") { name, reason };
        cluster.AddTo(command);
        command.SetAction((result, cancellationToken) => CommandException.ShowAsync(async () =>
        {
            (Kubernetes client, string space) = cluster.Connect(result);
            using (client)
            {
                Dictionary<string, string> annotations = new() { [WellKnown.RetrainNow] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) };
                if (result.GetValue(reason) is { } why) annotations[WellKnown.ChangeReason] = why;
                string of = result.GetRequiredValue(name);
                V1Patch patch = new(new Dictionary<string, object> { ["metadata"] = new Dictionary<string, object> { ["annotations"] = annotations } }, V1Patch.PatchType.MergePatch);
                await client.CustomObjects.PatchNamespacedCustomObjectAsync(patch, WellKnown.Group, WellKnown.Version, space, "driftpolicies", of, cancellationToken: cancellationToken);
                await Console.Out.WriteLineAsync($"{of}: asked for; kubectl finobs status -n {space} shows how far it is");
            }
        }));
        return command;
    }
}
