using System.Diagnostics.CodeAnalysis;

namespace FinObs.DataPlane.Resources.Handling;

/// <summary>Which resources this process has to look at, and when: by key, each at most once at a time.</summary>
internal sealed class ResourceWork
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<ResourceKey, Item> _items = [];

    /// <summary>Takes note of what is in force; what is gone is returned, once.</summary>
    public List<StoredResource> Note(ResourceSnapshot snapshot, DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (StoredResource resource in snapshot.Sorted)
            {
                if (!_items.TryGetValue(resource.Key, out Item? item))
                {
                    _items[resource.Key] = new Item(resource, now);
                }
                else if (item.Resource.Row.LeafId != resource.Row.LeafId)
                {
                    (item.Resource, item.DueAt, item.Failures) = (resource, now, 0);
                }
            }

            List<Item> gone = [.. _items.Values.Where(item => !item.IsRunning && snapshot.Find(item.Resource.Key) is null)];
            gone.ForEach(item => _items.Remove(item.Resource.Key));
            return [.. gone.Select(item => item.Resource)];
        }
    }

    /// <summary>One that is due, marked as being worked on.</summary>
    public bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out StoredResource? resource)
    {
        lock (_gate)
        {
            Item? due = _items.Values.Where(item => !item.IsRunning && item.DueAt <= now).MinBy(item => item.DueAt);
            if (due is not null)
            {
                (due.IsRunning, due.DueAt) = (true, DateTimeOffset.MaxValue);
            }

            resource = due?.Resource;
            return due is not null;
        }
    }

    /// <summary>The work on it is done.</summary>
    /// <param name="resource">What was worked on; a newer revision may have come meanwhile and is due already.</param>
    /// <param name="again">When to look again; null = when it changes.</param>
    public void Done(StoredResource resource, DateTimeOffset? again) => End(resource, item =>
    {
        item.Failures = 0;
        item.ActedOn = resource.Row.LeafId;
        item.DueAt = Earlier(item.DueAt, again);
    });

    /// <summary>The work on it failed; returns the pause until it is tried again.</summary>
    public TimeSpan Failed(StoredResource resource, DateTimeOffset now)
    {
        TimeSpan pause = FirstPause;
        End(resource, item =>
        {
            pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(item.Failures, 16), LongestPause.Ticks));
            item.Failures++;
            item.DueAt = Earlier(item.DueAt, now + pause);
        });
        return pause;
    }

    /// <summary>Whether this process has made this very revision so.</summary>
    public bool HasActedOn(StoredResource resource)
    {
        lock (_gate)
        {
            return _items.TryGetValue(resource.Key, out Item? item) && item.ActedOn == resource.Row.LeafId;
        }
    }

    /// <summary>When the next one is due.</summary>
    public DateTimeOffset NextDue()
    {
        lock (_gate)
        {
            return _items.Values.Where(item => !item.IsRunning).Select(item => item.DueAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        }
    }

    private void End(StoredResource resource, Action<Item> outcome)
    {
        lock (_gate)
        {
            if (_items.TryGetValue(resource.Key, out Item? item))
            {
                item.IsRunning = false;
                outcome(item);
            }
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset? other) => other is { } time && time < one ? time : one;

    private sealed class Item(StoredResource resource, DateTimeOffset dueAt)
    {
        public StoredResource Resource { get; set; } = resource;

        public DateTimeOffset DueAt { get; set; } = dueAt;

        public int Failures { get; set; }

        public bool IsRunning { get; set; }

        /// <summary>Leaf of the revision that was last made so.</summary>
        public Guid ActedOn { get; set; }
    }
}
