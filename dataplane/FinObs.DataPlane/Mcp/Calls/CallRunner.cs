using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Mcp.Calls;

/// <summary>What a client is given: the answer's JSON, or the sentences of a refusal.</summary>
internal sealed record CallResult(string Text, bool IsError);

/// <summary>
/// Every call goes through here, whatever it calls: one span, one leaf, one line in the statistics. The leaf is written before the answer is given: where it cannot be, nothing is shown. No exception's text leaves.
/// </summary>
internal sealed partial class CallRunner(AuditedCommit commit, PiiGuard guard, CallStatistics statistics, IOptions<McpOptions> options, TimeProvider time, ILogger<CallRunner> logger)
{
    private const string NotRecorded = "Each call is written to the audit log before it is answered, and that cannot be done now: nothing is shown. Call again in a few seconds.";

    /// <param name="name">Of the tool or resource.</param>
    /// <param name="call">Who asks what.</param>
    /// <param name="traceparent">The caller's own trace, where the protocol's envelope names one.</param>
    /// <param name="work">What is called, with arguments that were checked.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    public async Task<CallResult> RunAsync(string name, ToolCall call, string? traceparent, Func<CancellationToken, Task<ToolAnswer>> work, CancellationToken cancellationToken)
    {
        using Activity? span = Start(name, traceparent);
        long start = time.GetTimestamp();
        string outcome = CallOutcomes.Failed;
        string? decision = null;
        try
        {
            ToolAnswer answer = await AnswerAsync(name, work, cancellationToken);
            (CallResult result, outcome) = ResultOf(answer);
            decision = (answer as ToolAnswer.Done)?.Decision;
            return await IsRecordedAsync(call, name, outcome, cancellationToken) ? result : new CallResult(NotRecorded, IsError: true);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = CallOutcomes.Cancelled;
            await IsRecordedAsync(call, name, outcome, CancellationToken.None);
            throw;
        }
        finally
        {
            TimeSpan took = time.GetElapsedTime(start);
            span?.SetTag("finobs.outcome", outcome);
            statistics.Add(name, outcome, decision, took);
            McpMetrics.Called(name, outcome, took);
        }
    }

    /// <summary>Records that somebody wanted what they may not have.</summary>
    public async Task DenyAsync(string name, ToolCall call, CancellationToken cancellationToken)
    {
        await IsRecordedAsync(call, name, CallOutcomes.Denied, cancellationToken);
        statistics.Add(name, CallOutcomes.Denied, decision: null, TimeSpan.Zero);
        McpMetrics.Called(name, CallOutcomes.Denied, TimeSpan.Zero);
    }

    /// <summary>A child of the trace that the envelope names, linked to that of the request; else of the request's.</summary>
    private static Activity? Start(string name, string? traceparent)
    {
        ActivityContext request = Activity.Current?.Context ?? default;
        Activity? span = ActivityContext.TryParse(traceparent, traceState: null, isRemote: true, out ActivityContext caller)
            ? FinObsTelemetry.Source.StartActivity(Steps.McpCall, ActivityKind.Server, caller, links: request == default ? null : [new ActivityLink(request)])
            : FinObsTelemetry.Source.StartActivity(Steps.McpCall);
        return span?.SetTag("mcp.tool", name);
    }

    private async Task<ToolAnswer> AnswerAsync(string name, Func<CancellationToken, Task<ToolAnswer>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken);
        }
        catch (Exception exception) when (PipelineProblems.Describe(exception) is { } problem)
        {
            return new ToolAnswer.Refused($"{problem.Problem.Detail} (Retry after {Math.Max(1, (int)Math.Ceiling(problem.RetryAfter.TotalSeconds))} seconds.)");
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            LogFailed(logger, name, exception);
            return new ToolAnswer.Failed();
        }
    }

    private (CallResult Result, string Outcome) ResultOf(ToolAnswer answer)
    {
        switch (answer)
        {
            case ToolAnswer.Done done:
                string text = Encoding.UTF8.GetString(CleanAnswer.Of(guard, JsonSerializer.SerializeToElement(done.Value, done.Value.GetType(), ToolOutput.Json)));
                return text.Length <= options.Value.MaxAnswerCharacters || done.AsLongAsItIs
                    ? (new CallResult(text, IsError: false), CallOutcomes.Ok)
                    : (new CallResult($"The answer has {text.Length:N0} characters, more than the {options.Value.MaxAnswerCharacters:N0} that are sent at once: ask for less, by a smaller limit or a narrower filter.", IsError: true), CallOutcomes.Refused);
            case ToolAnswer.Refused refused:
                return (new CallResult(guard.Clean(refused.Why), IsError: true), CallOutcomes.Refused);
            default:
                string where = Activity.Current?.TraceId.ToHexString() is { } trace ? $" under trace {trace}" : "";
                return (new CallResult($"This is our fault and it is in the log{where}. Calling again with the same arguments is safe.", IsError: true), CallOutcomes.Failed);
        }
    }

    private async Task<bool> IsRecordedAsync(ToolCall call, string name, string outcome, CancellationToken cancellationToken)
    {
        try
        {
            await commit.RecordAsync(McpCallActs.Of(call, name, outcome, commit.Now()), cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogNotRecorded(logger, name, exception);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "The MCP call {Tool} failed.")]
    private static partial void LogFailed(ILogger logger, string tool, Exception exception);

    [LoggerMessage(LogLevel.Error, "What was asked of {Tool} was not shown, because its leaf could not be written.")]
    private static partial void LogNotRecorded(ILogger logger, string tool, Exception exception);
}
