using System.Diagnostics;
using OpenTelemetry;

namespace FinObs.DataPlane.Pii.Paths;

/// <summary>Before every exporter: attributes, name and status of a span lose what is personal.</summary>
internal sealed class GuardedSpans(PiiGuard guard) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        List<KeyValuePair<string, string>>? changed = null;
        foreach (KeyValuePair<string, object?> tag in data.EnumerateTagObjects())
        {
            if (tag.Value is string value && guard.Clean(value) is var clean && clean != value)
            {
                (changed ??= []).Add(new KeyValuePair<string, string>(tag.Key, clean));
            }
        }

        changed?.ForEach(tag => data.SetTag(tag.Key, tag.Value));
        data.DisplayName = guard.Clean(data.DisplayName);
        if (data.StatusDescription is { } status)
        {
            data.SetStatus(data.Status, guard.Clean(status));
        }
    }
}
