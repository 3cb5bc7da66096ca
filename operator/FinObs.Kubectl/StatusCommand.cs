using System.CommandLine;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Contracts.Resources.PullSources;
using k8s;

namespace FinObs.Kubectl;

/// <summary>Shows a namespace as a tree: each model with its versions, policies and experiments, then deliveries and pulls.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        ClusterOptions cluster = new();
        Command command = new("status", "Where each model is, and what it waits for.");
        cluster.AddTo(command);
        command.SetAction((result, cancellationToken) => CommandException.ShowAsync(async () =>
        {
            (Kubernetes client, string space) = cluster.Connect(result);
            using (client)
            {
                NamespaceContents contents = new(
                    space,
                    await Cluster.ListAsync<ModelVersion>(client, space, ResourceKinds.ModelVersion, cancellationToken),
                    await Cluster.ListAsync<DriftPolicy>(client, space, ResourceKinds.DriftPolicy, cancellationToken),
                    await Cluster.ListAsync<ABExperiment>(client, space, ResourceKinds.ABExperiment, cancellationToken),
                    await Cluster.ListAsync<CallbackTarget>(client, space, ResourceKinds.CallbackTarget, cancellationToken),
                    await Cluster.ListAsync<PullSource>(client, space, ResourceKinds.PullSource, cancellationToken));
                foreach (string line in StatusTree.Of(contents, TimeProvider.System.GetUtcNow())) await Console.Out.WriteLineAsync(line);
            }
        }));
        return command;
    }
}
