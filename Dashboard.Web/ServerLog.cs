namespace Crossbench.Web;

/// <summary>A line that this server has said.</summary>
/// <param name="At">When.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Source">Who said it.</param>
/// <param name="Text">What.</param>
internal sealed record ServerLine(DateTimeOffset At, LogLevel Level, string Source, string Text);

/// <summary>Keeps the latest warnings and errors of this process for the page that shows them.</summary>
/// <param name="time">The clock.</param>
internal sealed class ServerLog(TimeProvider time) : ILoggerProvider
{
    private const int Kept = 200;
    private readonly Queue<ServerLine> _lines = [];

    /// <summary>The lines, newest first.</summary>
    public IReadOnlyList<ServerLine> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines.Reverse()];
            }
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held that would have to be given back.
    }

    private void Add(ServerLine line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }
        }
    }

    private sealed class Writer(ServerLog log, string source) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Add(new ServerLine(log.Time, logLevel, source[(source.LastIndexOf('.') + 1)..], exception is null ? formatter(state, null) : $"{formatter(state, exception)} {exception.Message}"));
            }
        }
    }

    private DateTimeOffset Time => time.GetUtcNow();
}
