using Spud;

namespace Attention.Ring;

/// <summary>The attention states of the ranks in one fold. Rank 0 folds into the result itself.</summary>
/// <param name="ranks">Number of ranks.</param>
internal sealed class RankStates(int ranks)
{
    private readonly AttentionState[] _states = new AttentionState[ranks];
    private readonly bool[] _hasKeys = new bool[ranks];

    public int Ranks => ranks;

    /// <summary>Notes which ranks have keys of the step's sequences.</summary>
    public void Begin(ReadOnlySpan<PageView> shards)
    {
        for (int rank = 0; rank < ranks; rank++)
            _hasKeys[rank] = shards[rank].RunOffsets.AsSpan<int>()[^1] > 0;
    }

    /// <summary>Whether a rank has keys of the step's sequences.</summary>
    public bool HasKeys(int rank) => _hasKeys[rank];

    /// <summary>The state of a rank from 1 on.</summary>
    public ref AttentionState this[int rank] => ref _states[rank];
}
