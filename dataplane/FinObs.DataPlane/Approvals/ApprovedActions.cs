using System.Collections.Frozen;
using FinObs.DataPlane.Access.Approval;

namespace FinObs.DataPlane.Approvals;

/// <summary>What can be carried out, by name. Looked up at the first need: an action may itself ask people.</summary>
internal sealed class ApprovedActions(IServiceProvider services)
{
    private readonly Lazy<FrozenDictionary<string, IApprovedAction>> _actions = new(() => services.GetServices<IApprovedAction>().ToFrozenDictionary(action => action.Action, StringComparer.Ordinal));

    public IApprovedAction? Find(string action) => _actions.Value.GetValueOrDefault(action);
}
