using System.IO.Pipelines;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Writes answers to a sender that may still be sending. Many HTTP clients read nothing until their whole body is out: waiting for them to
/// read would wait for ever, keeping answers in memory would not be constant. What the connection does not take at once goes to a temporary file.</summary>
internal sealed class AnswerSpool(PipeWriter connection, long maxSpoolBytes) : IAsyncDisposable
{
    private const int Piece = 64 * 1024;

    private readonly byte[] _piece = new byte[Piece];
    private Task<FlushResult> _flush = Task.FromResult(default(FlushResult));
    private FileStream? _file;
    private long _readAt;

    private long Waiting => _file is null ? 0 : _file.Length - _readAt;

    /// <summary>Takes an answer. Waits only where more than the limit is already waiting.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> answer, CancellationToken ct)
    {
        await MoveOnAsync(ct);
        if (_flush.IsCompleted && Waiting == 0)
        {
            await Send(answer, ct);
            return;
        }

        await AppendAsync(answer, ct);
        while (Waiting > maxSpoolBytes)
        {
            await _flush;
            await MoveOnAsync(ct);
        }
    }

    /// <summary>Sends the rest.</summary>
    public async Task CompleteAsync(CancellationToken ct)
    {
        do
        {
            await _flush;
            await MoveOnAsync(ct);
        }
        while (Waiting > 0);
        await _flush;
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    // From the file to the connection, for as long as it takes it at once.
    private async Task MoveOnAsync(CancellationToken ct)
    {
        while (_flush.IsCompleted && Waiting > 0)
        {
            await _flush;
            int count = await RandomAccess.ReadAsync(_file!.SafeFileHandle, _piece, _readAt, ct);
            _readAt += count;
            await Send(_piece.AsMemory(0, count), ct);
        }

        if (_file is not null && Waiting == 0 && _readAt > 0)
        {
            _file.SetLength(0);
            _readAt = 0;
        }
    }

    // The connection copies the bytes before this returns; only its flush may be waited for later.
    private async Task Send(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await _flush;
        ct.ThrowIfCancellationRequested();
        _flush = connection.WriteAsync(bytes, ct).AsTask();
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> answer, CancellationToken ct)
    {
        _file ??= Open();
        await RandomAccess.WriteAsync(_file.SafeFileHandle, answer, _file.Length, ct);
    }

    private static FileStream Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), $"finobs-{Path.GetRandomFileName()}"), options);
    }
}
