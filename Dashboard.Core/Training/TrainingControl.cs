namespace Crossbench.Training;

/// <summary>What is asked of a training loop.</summary>
public enum TrainingRequest
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Save a checkpoint and end as <see cref="Paused"/>.</summary>
    Pause,

    /// <summary>Save a checkpoint and end as <see cref="Stopped"/>.</summary>
    Stop,
}

/// <summary>Carries a request from any thread to the training loop, which looks at it once a step.</summary>
public sealed class TrainingControl
{
    private volatile TrainingRequest _request;

    /// <summary>The latest request.</summary>
    public TrainingRequest Request => _request;

    /// <summary>Asks for something; a later request replaces an earlier one.</summary>
    public void Ask(TrainingRequest request) => _request = request;
}
