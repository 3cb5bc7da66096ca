namespace FinObs.DataPlane.Pii.Paths;

/// <summary>Before every provider: message, named values, scopes and exceptions lose what is personal.</summary>
internal sealed class GuardedLogger(ILogger inner, PiiGuard guard) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(GuardedState.Of(guard, state, state.ToString() ?? ""));

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
        {
            return;
        }

        string message = formatter(state, exception);
        object clean = GuardedState.Of(guard, (object?)state ?? message, message);
        inner.Log(logLevel, eventId, clean, GuardedException.Of(guard, exception), static (text, _) => text.ToString() ?? "");
    }
}

/// <summary>Stands for an exception whose text held something personal.</summary>
internal sealed class GuardedException(string type, string message, string text) : Exception(message)
{
    public override string ToString() => text;

    public override string? StackTrace => null;

    /// <summary>Of the one that it stands for.</summary>
    public string Type => type;

    /// <summary>The exception itself where there is nothing to hide.</summary>
    public static Exception? Of(PiiGuard guard, Exception? exception)
    {
        if (exception is null)
        {
            return null;
        }

        string text = exception.ToString();
        string clean = guard.Clean(text);
        return clean == text ? exception : new GuardedException(exception.GetType().FullName ?? "", guard.Clean(exception.Message), clean);
    }
}

/// <summary>Makes guarded loggers.</summary>
internal sealed class GuardedLoggerFactory(ILoggerFactory inner, PiiGuard guard) : ILoggerFactory
{
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public ILogger CreateLogger(string categoryName) => new GuardedLogger(inner.CreateLogger(categoryName), guard);

    public void Dispose() => inner.Dispose();
}
