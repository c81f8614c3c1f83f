using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>Where a job is in its life.</summary>
[Experimental(Experiments.Id)]
public enum JobState : byte
{
    /// <summary>It holds neither a sequence nor pages: it has not begun, or it gave them back.</summary>
    Waiting,

    /// <summary>It holds a sequence and pages.</summary>
    Running,

    /// <summary>It ended since the last call and is shown a last time, with what it cost; it holds nothing.</summary>
    Ended,
}
