using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Resources.Validation;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>
/// A folder of resources, applied by the same door as everything else. A file that cannot be used leaves in force what it said before; what no file says any
/// more is deleted.
/// </summary>
internal sealed partial class ResourceFolder(
    ResourceDoor door, ResourceCatalogue catalogue, FolderSubmissions submissions, IOptions<ResourceFolderOptions> options, TimeProvider time, ILogger<ResourceFolder> logger)
{
    /// <summary>Which file last said what.</summary>
    private readonly Dictionary<ResourceKey, string> _origins = [];
    private IReadOnlyList<FolderFile>? _files;
    private bool _isUnsettled;

    public string? FullPath { get; } = options.Value.Folder is { } folder ? Path.GetFullPath(folder) : null;

    /// <summary>What became of the files; null before they were first read, and without a folder.</summary>
    public FolderReport? Report { get; private set; }

    /// <summary>Reads the folder, and applies it where a file has changed or something may go better this time.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FolderFile> files;
        try
        {
            files = FolderFiles.Read(FullPath!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string problem = $"The folder cannot be read ({exception.Message}); what is in force stays so.";
            if (Report?.Problem != problem)
            {
                Unreadable(logger, problem);
            }

            Report = new FolderReport(FullPath!, time.GetUtcNow(), problem, Report?.Files ?? []);
            _files = null;
            return;
        }

        if (_isUnsettled || _files is null || !_files.SequenceEqual(files))
        {
            await ApplyAsync(files, cancellationToken);
            _files = files;
        }
    }

    private async Task ApplyAsync(IReadOnlyList<FolderFile> files, CancellationToken cancellationToken)
    {
        _isUnsettled = false;
        IReadOnlyList<FolderItem> items = FolderContents.Of(files.SelectMany(FileDocument.Read));
        Dictionary<(string, string), FolderSecret> secrets = items
            .Where(item => item is { Secret: not null, Errors.Count: 0 })
            .ToDictionary(item => (item.Secret!.Namespace, item.Secret.Name), item => item.Secret!);

        Dictionary<FolderItem, DocumentReport> reports = new(ReferenceEqualityComparer.Instance);
        foreach (FolderItem item in items.OrderBy(item => item.Key is { } key ? Rank(key) : 0))
        {
            IReadOnlyList<FieldError> errors = item is { Key: { } key, Errors.Count: 0 } ? await SubmitAsync(key, item, secrets, cancellationToken) : item.Errors;
            reports[item] = ReportOf(item, errors);
        }

        await DeleteAsync(items, cancellationToken);
        FolderReport report = new(
            FullPath!, time.GetUtcNow(), Problem: null,
            [.. files.Select(file => new FileReport(file.Path, [.. items.Where(item => item.Document.File == file.Path).Select(item => reports[item])]))]);
        Say(report);
        Report = report;
    }

    private async Task<IReadOnlyList<FieldError>> SubmitAsync(
        ResourceKey key, FolderItem item, Dictionary<(string, string), FolderSecret> secrets, CancellationToken cancellationToken)
    {
        (ResourceSubmission? submission, IReadOnlyList<FieldError> errors) = await submissions.OfAsync(item, secrets, cancellationToken);
        if (submission is null)
        {
            return errors;
        }

        switch (await door.ApplyAsync(key, submission, caller: null, cancellationToken))
        {
            case DoorOutcome.Applied { Change: ResourceChange.Unchanged }:
                return [];
            case DoorOutcome.Applied applied:
                Applied(logger, key, item.Document.File, applied.Resource.Row.Generation);
                return [];
            case DoorOutcome.Invalid invalid:
                return invalid.Errors;
            case DoorOutcome.Refused refused:
                _isUnsettled = true;
                return [new FieldError("metadata.name", refused.Why)];
            case var other:
                throw new InvalidOperationException($"{other.GetType().Name} is no answer to a submission.");
        }
    }

    /// <summary>What no document names any more goes, unless the file that named it cannot be read just now.</summary>
    private async Task DeleteAsync(IReadOnlyList<FolderItem> items, CancellationToken cancellationToken)
    {
        HashSet<string> unreadable = [.. items.Where(item => item.What == FolderItemKind.Unreadable).Select(item => item.Document.File)];
        foreach (FolderItem item in items)
        {
            if (item.Key is { } key)
            {
                _origins[key] = item.Document.File;
            }
        }

        HashSet<ResourceKey> named = [.. items.Select(item => item.Key).OfType<ResourceKey>()];
        foreach (StoredResource stored in catalogue.Current.Sorted.Where(stored => stored.Row is { ManagedBy: ResourceOwner.Files, Deleting: false } && !named.Contains(stored.Key)).Reverse())
        {
            bool mayStillBeNamed = _origins.TryGetValue(stored.Key, out string? origin) ? unreadable.Contains(origin) : unreadable.Count > 0;
            if (mayStillBeNamed)
            {
                _isUnsettled = true;
                continue;
            }

            if (await door.DeleteAsync(stored.Key, ResourceOwner.Files, uid: null, caller: null, cancellationToken) is DoorOutcome.Gone or DoorOutcome.Draining)
            {
                _origins.Remove(stored.Key);
                Deleted(logger, stored.Key);
            }
        }
    }

    private static int Rank(ResourceKey key) => 1 + ResourceKinds.All.TakeWhile(kind => kind.Name != key.Kind).Count();

    private static DocumentReport ReportOf(FolderItem item, IReadOnlyList<FieldError> errors)
    {
        FileDocument document = item.Document;
        string state = errors.Count > 0 ? DocumentStates.Refused : item.What switch
        {
            FolderItemKind.Resource => DocumentStates.InForce,
            FolderItemKind.Secret => DocumentStates.AtHand,
            _ => DocumentStates.PassedOver,
        };
        return new DocumentReport(
            document.Number, document.FirstLine, state, item.Kind, item.Key?.Namespace ?? item.Secret?.Namespace, item.Key?.Name ?? item.Secret?.Name,
            [.. errors.Select(error => new DocumentError(document.UnreadableLine ?? document.LineOf(error.Path), error.Path, error.Message))], item.Note);
    }

    /// <summary>Each error once, until it changes.</summary>
    private void Say(FolderReport report)
    {
        HashSet<(string, int, DocumentError)> said = [.. (Report?.Errors ?? []).Select(found => (found.File.File, found.Document.Document, found.Error))];
        foreach ((FileReport file, DocumentReport document, DocumentError error) in report.Errors)
        {
            if (!said.Contains((file.File, document.Document, error)))
            {
                Refused(logger, file.File, error.Line, document.Document, document.Kind ?? "?", document.Name ?? "?", error.Field, error.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Resource} is in force as {File} says it (generation {Generation}).")]
    private static partial void Applied(ILogger logger, ResourceKey resource, string file, long generation);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Resource} stands in no file any more and is deleted.")]
    private static partial void Deleted(ILogger logger, ResourceKey resource);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File}:{Line}: document {Document}, {Kind} {Name}: {Field}: {Message} (what was in force before still is)")]
    private static partial void Refused(ILogger logger, string file, int line, int document, string kind, string name, string field, string message);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private static partial void Unreadable(ILogger logger, string problem);
}
