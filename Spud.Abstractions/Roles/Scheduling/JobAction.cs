using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What happens to a job in the next step.</summary>
[Experimental(Experiments.Id)]
public enum JobAction : byte
{
    /// <summary>It gets no rows. One that runs keeps its sequence and pages.</summary>
    Wait,

    /// <summary>It gets rows; one that waits gets a sequence and pages first.</summary>
    Run,

    /// <summary>It gives back its sequence and pages, if it has any, and will have to read its text again.</summary>
    Release,
}
