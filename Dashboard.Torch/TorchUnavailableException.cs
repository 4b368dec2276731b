namespace Dashboard.Torch;

/// <summary>libtorch, or the library that binds it, cannot be loaded; the message says what to install.</summary>
public sealed class TorchUnavailableException : Exception
{
    /// <summary>With no message.</summary>
    public TorchUnavailableException()
    {
    }

    /// <summary>With what is missing and what to install.</summary>
    public TorchUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>With what is missing, what to install, and the loader's own words.</summary>
    public TorchUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
