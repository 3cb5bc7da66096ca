using FinObs.DataPlane.Decisions.Rules.Reading;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Resources.Files;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>
/// The rules that are in force. They are taken from the files all or nothing: where a file is wrong, the last good set goes on deciding and everybody is told. A host does not start on files that are wrong, since it
/// then has no good set.
/// </summary>
internal sealed partial class RuleBook(RuleChanges changes, LedgerUnits units, IOptions<RulesOptions> options, TimeProvider time, ILogger<RuleBook> logger) : IDisposable
{
    /// <summary>So long files must stay as they are before they are taken.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(150);

    private readonly SemaphoreSlim _gate = new(1);
    private volatile RuleSet _current = RuleSet.Empty;
    private volatile RuleBookState _state = RuleBookState.Nothing;
    private IReadOnlyList<FolderFile>? _files;

    /// <summary>What decides. Take it once for a chunk.</summary>
    public RuleSet Current => _current;

    public RuleBookState State => _state;

    /// <summary>Where the files are; null where no rules are configured.</summary>
    public string? FullPath { get; } = string.IsNullOrEmpty(options.Value.Path) ? null : Path.GetFullPath(options.Value.Path);

    /// <summary>Before the first transaction.</summary>
    /// <exception cref="ConfigurationRefusedException">The files cannot be read, or say something that is not allowed.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (FullPath is null)
        {
            return;
        }

        await LookAsync(cancellationToken);
        if (_state.Problems.Count > 0)
        {
            throw new ConfigurationRefusedException($"The rules of Rules:Path cannot be used:\n{string.Join('\n', _state.Problems)}");
        }
    }

    /// <summary>A server that is started without rules ends those that were in force. A command beside it ends nothing.</summary>
    public Task RecordNoneAsync(CancellationToken cancellationToken) => changes.RecordAsync(RuleSet.Empty, cancellationToken);

    /// <summary>Reads the files, and puts them in force where they have changed and are good.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            IReadOnlyList<FolderFile> files = ReadFiles();
            if (_files is not null && _files.SequenceEqual(files))
            {
                return;
            }

            if (_files is not null)
            {
                // Somebody may be in the middle of writing: half of a file must not pass for the policy.
                await Task.Delay(Settling, time, cancellationToken);
                if (!files.SequenceEqual(ReadFiles()))
                {
                    return;
                }
            }

            RuleReading reading = RuleFiles.Read(files, units.Settings.BaseCurrency);
            if (reading.Set is { } set)
            {
                await changes.RecordAsync(set, cancellationToken);
                Take(set, files);
            }
            else
            {
                Refuse(reading.Problems);
            }

            _files = files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Refuse([new RuleProblem(FullPath!, 1, "(the files)", $"cannot be read: {exception.Message}")]);
            _files = null;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private IReadOnlyList<FolderFile> ReadFiles()
    {
        string path = FullPath!;
        if (Directory.Exists(path))
        {
            return FolderFiles.Read(path);
        }

        return File.Exists(path) ? [FolderFiles.Read(Path.GetDirectoryName(path)!, path)] : throw new FileNotFoundException("there is no such file or folder");
    }

    private void Take(RuleSet set, IReadOnlyList<FolderFile> files)
    {
        bool isOther = set.Digest != _current.Digest;

        // In this order: whoever sees the new set does not see problems of the files before it.
        _state = new RuleBookState(time.GetUtcNow(), [.. files.Select(file => file.Path)], null, []);
        _current = set;
        if (isOther)
        {
            InForce(logger, set.Rules.Count, set.Digest);
        }
    }

    /// <summary>Each problem once, until it changes.</summary>
    private void Refuse(IReadOnlyList<RuleProblem> problems)
    {
        foreach (RuleProblem problem in problems.Except(_state.Problems))
        {
            Refused(logger, problem.File, problem.Line, problem.Field, problem.Message);
        }

        _state = _state with { RefusedAt = time.GetUtcNow(), Problems = problems };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Rules} rules are in force: {Digest}.")]
    private static partial void InForce(ILogger logger, int rules, string digest);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File}:{Line}: {Field}: {Message} (the last good rules stay in force)")]
    private static partial void Refused(ILogger logger, string file, int line, string field, string message);
}

/// <summary>How the files stand.</summary>
/// <param name="LoadedAt">When the set in force was taken.</param>
/// <param name="Files">Relative paths.</param>
/// <param name="RefusedAt">When newer files were last refused; null where they are in force.</param>
/// <param name="Problems">What is wrong with them.</param>
internal sealed record RuleBookState(DateTimeOffset? LoadedAt, IReadOnlyList<string> Files, DateTimeOffset? RefusedAt, IReadOnlyList<RuleProblem> Problems)
{
    public static readonly RuleBookState Nothing = new(null, [], null, []);

    public bool IsStale => Problems.Count > 0;
}
