using System.Numerics;

namespace Spud.Generation;

/// <summary>What drafts cost on this machine, in this pipeline: the times of steps, by their number of rows without drafts, and those of the drafter.</summary>
internal sealed class DraftCosts
{
    /// <summary>Maximum number of drafted rows of a step whose cost is told apart.</summary>
    public const int MaxDrafted = 64;

    // Steps of up to 16 rows are told apart, larger ones by powers of two.
    private const int Apart = 16;

    private readonly StepTimes?[] _steps = new StepTimes?[Apart + 32];

    /// <summary>Times of the drafter.</summary>
    public AskTimes Asks { get; } = new();

    /// <summary>The times of steps.</summary>
    /// <param name="rows">Their rows without drafts, at least 1.</param>
    public StepTimes Of(int rows) => _steps[rows <= Apart ? rows - 1 : Apart - 4 + BitOperations.Log2((uint)rows)] ??= new(rows, MaxDrafted);
}
