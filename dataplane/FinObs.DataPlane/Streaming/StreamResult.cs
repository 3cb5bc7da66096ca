using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace FinObs.DataPlane.Streaming;

/// <summary>
/// Writes the stream for one reader. There is no queue for it: what it does not take stays in the log, and a reader whose connection takes next to nothing
/// for half a minute is cut off, to come back with its last id.
/// </summary>
internal sealed class StreamResult(IAsyncEnumerable<FeedPart> parts, long start, StreamFilter filter, StreamFigures figures, TimeProvider time) : IResult
{
    /// <summary>Comments keep proxies from closing a quiet connection.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>A reader that filters out everything is told the last id now and then, so that it need not begin far back when it comes again.</summary>
    private const int MostSkipped = 1_000;

    private static readonly MinDataRate SlowestReader = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));

    private long _quietSince;
    private long _told = start;

    public async Task ExecuteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = SlowestReader;
        }

        CancellationToken stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        using StreamFigures.OpenStream open = figures.Opened();
        try
        {
            await WriteAsync(context.Response.BodyWriter, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The reader went away, or the host stops: either way it comes back with its last id.
        }
    }

    private async Task WriteAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(": connected\n\n"u8.ToArray(), cancellationToken);
        _quietSince = time.GetTimestamp();
        await foreach (FeedPart part in parts.WithCancellation(cancellationToken))
        {
            if (Write(output, part))
            {
                await output.FlushAsync(cancellationToken);
                _quietSince = time.GetTimestamp();
            }
        }
    }

    /// <summary>True if there is something to send.</summary>
    private bool Write(PipeWriter output, FeedPart part)
    {
        if (part.IsReset)
        {
            Text(output, $"id: {part.Last}\nevent: reset\ndata: {{\"reason\":\"the id is not in the log any more; decisions follow from here\"}}\n\n");
            _told = part.Last;
            return true;
        }

        int sent = 0;
        foreach (StreamedDecision item in part.Decisions)
        {
            if (filter.Wants(item))
            {
                Bytes(output, item.Frame.Span);
                _told = item.EventId;
                sent++;
            }
        }

        if (sent > 0)
        {
            figures.Sent(sent);
            return true;
        }

        // An id without data is no event for a client, but its new Last-Event-ID.
        bool skipped = part.Last - _told >= MostSkipped;
        bool quiet = time.GetElapsedTime(_quietSince) >= KeepAlive;
        if (skipped || quiet)
        {
            Text(output, part.Last > _told ? $": keepalive\nid: {part.Last}\n\n" : ": keepalive\n\n");
            _told = Math.Max(_told, part.Last);
        }

        return skipped || quiet;
    }

    private static void Text(PipeWriter output, string text) => Bytes(output, Encoding.UTF8.GetBytes(text));

    private static void Bytes(PipeWriter output, ReadOnlySpan<byte> bytes) => System.Buffers.BuffersExtensions.Write(output, bytes);
}
