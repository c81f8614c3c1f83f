using System.Collections.Immutable;

namespace Spud.Host.Repl.Comparison;

/// <summary>A token of one answer or of both.</summary>
/// <param name="Change">The answer, or both, that contains it.</param>
/// <param name="Token">The token.</param>
internal sealed record TokenDifference(TokenChange Change, TurnToken Token)
{
    /// <summary>The shortest diff between two answers: a longest common subsequence of their tokens, compared by text.</summary>
    public static ImmutableArray<TokenDifference> Between(IReadOnlyList<TurnToken> before, IReadOnlyList<TurnToken> after)
    {
        // [i, j]: length of the longest common subsequence of the remaining tokens. Answers are short, so the table is small.
        int[,] common = new int[before.Count + 1, after.Count + 1];
        for (int i = before.Count - 1; i >= 0; i--)
        {
            for (int j = after.Count - 1; j >= 0; j--)
                common[i, j] = before[i].Text == after[j].Text ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        ImmutableArray<TokenDifference>.Builder changes = ImmutableArray.CreateBuilder<TokenDifference>();
        for (int i = 0, j = 0; i < before.Count || j < after.Count;)
        {
            if (i < before.Count && j < after.Count && before[i].Text == after[j].Text)
                (changes, i, j) = (Added(TokenChange.Same, after[j]), i + 1, j + 1);
            else if (j == after.Count || i < before.Count && common[i + 1, j] >= common[i, j + 1])
                (changes, i) = (Added(TokenChange.Removed, before[i]), i + 1);
            else
                (changes, j) = (Added(TokenChange.Added, after[j]), j + 1);
        }

        return changes.ToImmutable();

        ImmutableArray<TokenDifference>.Builder Added(TokenChange change, TurnToken token)
        {
            changes.Add(new(change, token));
            return changes;
        }
    }

    /// <summary>The first token at which two answers differ, from 1; null if they are equal.</summary>
    public static int? First(IReadOnlyList<TurnToken> one, IReadOnlyList<TurnToken> other)
    {
        int same = 0;
        while (same < one.Count && same < other.Count && one[same].Text == other[same].Text)
            same++;

        return same == one.Count && same == other.Count ? null : same + 1;
    }
}

/// <summary>Which answer a token belongs to.</summary>
internal enum TokenChange
{
    /// <summary>In both answers.</summary>
    Same,

    /// <summary>Only in the reference's.</summary>
    Removed,

    /// <summary>Only in the other.</summary>
    Added,
}
