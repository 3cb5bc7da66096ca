using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access;

/// <summary>Says at the start what is odd about the key file. A warning and no more: a Secret's mount is world-readable by default, inside a container with one user.</summary>
internal sealed partial class KeyFileAdvice(IOptions<AccessOptions> options, ILogger<KeyFileAdvice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ApiKeyFile is { Length: > 0 } file)
        {
            if (SecretFile.FirstLine(file) is null) LogNoKey(logger, file);
            if (IsOpenToOthers(file)) LogOpenToOthers(logger, file);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsOpenToOthers(string file)
    {
        if (OperatingSystem.IsWindows()) return false;
        try
        {
            return File.GetUnixFileMode(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file).HasFlag(UnixFileMode.OtherRead);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{File} (Access:ApiKeyFile) holds no key: nobody comes in by key until it does, which needs no restart.")]
    private static partial void LogNoKey(ILogger logger, string file);

    [LoggerMessage(LogLevel.Warning, "{File} (Access:ApiKeyFile) can be read by every user of this machine: take that away (chmod o-r, or defaultMode 0440 of the mount).")]
    private static partial void LogOpenToOthers(ILogger logger, string file);
}
