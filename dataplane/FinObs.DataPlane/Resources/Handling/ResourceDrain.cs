namespace FinObs.DataPlane.Resources.Handling;

/// <summary>Lets go of resources that are to be deleted.</summary>
internal sealed class ResourceDrain(IEnumerable<IResourceHandler> handlers, ResourceCommit commit)
{
    /// <summary>True where it is gone now; false where its handler needs more time, or somebody else has changed it.</summary>
    public async Task<bool> TryAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        IResourceHandler? handler = handlers.FirstOrDefault(known => known.Kind == resource.Key.Kind);
        return (handler is null || await handler.DrainAsync(resource, cancellationToken)) && await commit.RemoveAsync(resource.Row, cancellationToken);
    }
}
