using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>
/// A fold that can tell that its process is not the program but serves it, as one of several that were started with the same command. The host
/// builds the pipeline of such a process as in the program, so that all of them agree, and calls <see cref="Serve"/> instead of running requests;
/// when it returns, the process ends. Nothing is written for people.
/// </summary>
[Experimental(Experiments.Id)]
public interface IServesProgram
{
    /// <summary>Whether this process serves another one. Read once, when the pipeline is built.</summary>
    bool IsServer { get; }

    /// <summary>Serves until the program has ended.</summary>
    /// <exception cref="DeviceLostException">The program was lost: it was killed, or answers no more. The process ends with this message.</exception>
    void Serve();
}
