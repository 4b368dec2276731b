namespace Crossbench.Web;

/// <summary>When something is worth telling again: at the start of each thing, then after a while.</summary>
internal sealed class Pace(TimeProvider time, TimeSpan pause)
{
    private string? _what;
    private long _told;

    /// <summary>True when it is to be told now.</summary>
    public bool IsDue(string what)
    {
        if (what == _what && time.GetElapsedTime(_told) < pause)
        {
            return false;
        }

        (_what, _told) = (what, time.GetTimestamp());
        return true;
    }
}
