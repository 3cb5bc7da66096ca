using System.Runtime.CompilerServices;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>Waits for what other processes are to bring about.</summary>
internal static class Until
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="condition">What is to become so.</param>
    /// <param name="story">What to show where it does not.</param>
    /// <param name="what">Filled in by the compiler.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string>? story = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        long begun = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Deadline, $"Not so within {Deadline}: {what}\n{story?.Invoke()}");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
