using System.CommandLine;
using FinObs.Operator.Crds;
using FinObs.Operator.Rbac;

namespace FinObs.Operator;

/// <summary>The words that may come first on the command line; without one of them the operator runs.</summary>
internal static class OperatorCommands
{
    public static Task<int> RunAsync(string[] args)
    {
        RootCommand root = new("FinObs operator: without a command it watches the cluster that its kubeconfig or service account names.") { CrdsCommand.Create(), RbacCommand.Create() };
        bool isCommand = args.Length > 0 && (root.Subcommands.Any(command => command.Name == args[0]) || args[0] is "--help" or "-h" or "-?" or "--version");
        return isCommand ? root.Parse(args).InvokeAsync() : OperatorHost.ServeAsync(args);
    }
}
