using Router.Shared;
using Spud;
using Spud.Numerics;

namespace Router.Hierarchical;

/// <summary>Records a row's probabilities of all experts for future pools, and restricts the row to its text's pool.</summary>
/// <param name="experts">E.</param>
internal readonly struct PoolRule(int experts) : IRowRule
{
    public void Restrict(in Step step, int row, Span<float> probabilities)
    {
        probabilities.CopyTo(step.NoteOf<float>(row));
        SequenceSlice sequence = step.Sequences[step.SequenceOfRow.AsSpan<int>()[row]];
        ReadOnlySpan<ulong> pool = new TextState(step.States.At(sequence.Id), experts).Pool;
        if (!ExpertPool.IsNone(pool))
            ExpertPool.Restrict(pool, probabilities);
    }
}
