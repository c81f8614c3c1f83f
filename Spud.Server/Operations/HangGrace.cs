namespace Spud.Server.Operations;

/// <summary>
/// The time that a hanging step has before the process ends. It must have passed by the clock and in looks: a process that was stopped, or whose
/// machine slept, was not hanging all that time, and goes on.
/// </summary>
/// <param name="grace">How long a step may hang once it counts as hanging.</param>
/// <param name="betweenLooks">Time between two looks.</param>
internal sealed class HangGrace(TimeSpan grace, TimeSpan betweenLooks)
{
    private int _looks;

    /// <summary>Time between two looks.</summary>
    public TimeSpan BetweenLooks => betweenLooks;

    /// <summary>Counts a look that found a step hanging. True if the process is to end.</summary>
    /// <param name="hanging">For how long, by the clock, the step has counted as hanging.</param>
    public bool IsOver(TimeSpan hanging) => _looks++ * betweenLooks >= grace && hanging >= grace;

    /// <summary>A look found no step hanging.</summary>
    public void Restart() => _looks = 0;
}
