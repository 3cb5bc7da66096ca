using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Dashboard;

public sealed class LivePulseTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Whoever_watches_is_told_of_each_decision_and_one_line_reads_for_all(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        LivePulse pulse = host.Services.GetRequiredService<LivePulse>();
        Watching first = new(), second = new();
        using (pulse.Watch("default", first.Told))
        using (pulse.Watch("default", second.Told))
        {
            await first.UntilAsync(_ => true);
            await host.PostAsync("""[{"transaction_id":"a","amount":12,"type":"card"},{"transaction_id":"b","amount":90000,"type":"wire","account":"x","counterparty":"y"}]""");

            PulseSnapshot seen = await first.UntilAsync(snapshot => snapshot.Total == 2);
            PulseSnapshot other = await second.UntilAsync(snapshot => snapshot.Total == 2);

            Assert.Equal(["USD 90000", "USD 12"], seen.Newest.Select(one => $"{one.Currency} {one.Amount:0}"));
            Assert.Equal(2, seen.Decided.Sum());
            Assert.Equal(seen.Newest, other.Newest);
            Assert.Equal(2, pulse.Watchers);
        }

        Assert.Equal(0, pulse.Watchers);
    }

    private sealed class Watching
    {
        private readonly Lock _gate = new();
        private readonly List<(Func<PulseSnapshot, bool> Wanted, TaskCompletionSource<PulseSnapshot> Found)> _waiting = [];
        private PulseSnapshot? _last;

        public void Told(PulseSnapshot snapshot)
        {
            lock (_gate)
            {
                _last = snapshot;
                _waiting.FindAll(one => one.Wanted(snapshot)).ForEach(one => one.Found.TrySetResult(snapshot));
            }
        }

        public Task<PulseSnapshot> UntilAsync(Func<PulseSnapshot, bool> wanted)
        {
            TaskCompletionSource<PulseSnapshot> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                if (_last is { } last && wanted(last))
                {
                    return Task.FromResult(last);
                }

                _waiting.Add((wanted, found));
            }

            return found.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }
}
