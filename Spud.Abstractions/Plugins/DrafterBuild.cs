using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a drafter's factory gets when a pipeline is built.</summary>
[Experimental(Experiments.Id)]
public sealed class DrafterBuild
{
    /// <summary>Description of the model whose tokens are guessed.</summary>
    public required ModelDescription Model { get; init; }

    /// <summary>Maximum sizes of steps and sequences.</summary>
    public required Limits Limits { get; init; }

    /// <summary>
    /// What components get, for drafters with weights of their own or the model's: weights, pack, memory and threads. It serves no layers, and reserves no workspaces, since arenas belong to
    /// steps; weights that it takes count as those of the components that compute with them.
    /// </summary>
    /// <exception cref="RefusedException">There is no pipeline.</exception>
    public IBuildContext Context
    {
        get => field ?? throw new RefusedException("there is no pipeline whose weights a drafter could read");
        init;
    }

    /// <summary>
    /// Set by a factory whose drafter reads <see cref="DraftText.Hidden"/>. The pipeline is refused if its head does not provide rows after the final norm
    /// (<see cref="IFinalNorm"/>).
    /// </summary>
    public bool ReadsHidden { get; set; }

    /// <summary>
    /// Opens the model in a GGUF file as the drafter's draft model; at most one. It throws a <see cref="RefusedException"/> if the file cannot be read, or if its
    /// tokens are not those of <see cref="Model"/>.
    /// </summary>
    public Func<string, IDraftModel> OpenModel { get; init; } = static _ => throw new RefusedException("there is no host that runs a draft model");
}
