using System.Text.Json.Nodes;

namespace FinObs.Testing.Kubernetes.InProcess;

/// <summary>Deletes, a moment later, what belonged to a deleted object and to nobody else.</summary>
internal sealed class GarbageCollector(ApiServer server)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (StoredObject gone in server.Store.Gone.ReadAllAsync(cancellationToken))
        {
            lock (server.Store.Lock)
            {
                Collect(gone.Json.Uid());
            }
        }
    }

    private void Collect(string owner)
    {
        foreach (ServedResource resource in server.Resources.ToArray())
        {
            foreach (StoredObject child in server.Store.All(resource).Where(stored => Owners(stored).Contains(owner)).ToArray())
            {
                if (Owners(child).Any(uid => uid != owner && Exists(uid))) continue;
                if (!child.Json.IsDeleting()) server.Delete(resource, child);
            }
        }
    }

    private bool Exists(string uid) => server.Resources.Any(resource => server.Store.All(resource).Any(stored => stored.Json.Uid() == uid));

    private static IEnumerable<string> Owners(StoredObject stored) => (stored.Json.Metadata()["ownerReferences"] as JsonArray ?? []).Select(owner => owner?["uid"].Text() ?? "");
}
