using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>What every line works with.</summary>
internal sealed record LineServices(
    DeliveryStore Store, CallbackSources Sources, CallbackSender Sender, DeliveryCommits Commits, TargetActs Acts, CallbackEndpoints Endpoints, ResourceCatalogue Catalogue, DeliverySignal Signal,
    TimeProvider Time);
