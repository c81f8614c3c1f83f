using System.Runtime.CompilerServices;
using Spud.Text.Tokenization;

namespace Spud.Text.Grammars;

/// <summary>
/// Runs of characters that are read alike, as within a string: after any character of some kinds the same set follows. Parts of a vocabulary that consist of
/// these kinds are read without looking at their tokens.
/// </summary>
internal sealed partial class StackSets
{
    /// <summary>Whether every text that consists of some kinds of characters, or of their beginnings, can be read; false if that is not sure.</summary>
    /// <param name="set">The set, between two characters.</param>
    /// <param name="kinds">The kinds of <see cref="ByteBuckets"/>.</param>
    /// <param name="length">Length of the texts in bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Reads(int set, ulong kinds, int length)
    {
        for (int i = 0; i < length; i++)
        {
            if (!_runs[set].IsMade)
                MakeRun(set);

            ref readonly Run run = ref _runs[set];
            if ((kinds & ~run.Kinds) != 0)
                return false;
            if (run.Next == set)
                return true;

            set = run.Next;
        }

        return true;
    }

    // The set that follows after most kinds, and the kinds after all of whose characters it does.
    private void MakeRun(int set)
    {
        Dictionary<int, ulong> byNext = [];
        for (int kind = 0; kind < ByteBuckets.Ascii.Length; kind++)
        {
            if (NextAfterAll(set, ByteBuckets.Ascii[kind]) is not (>= 0 and var next))
                continue;

            byNext.TryGetValue(next, out ulong kinds);
            byNext[next] = kinds | (1UL << kind);
        }

        Run run = new() { IsMade = true, Next = Dead };
        foreach ((int next, ulong kinds) in byNext)
        {
            if (ulong.PopCount(kinds) > ulong.PopCount(run.Kinds))
                (run.Next, run.Kinds) = (next, kinds);
        }

        if (run.Next != Dead && Utf8States.Characters.All(character => LeadsTo(set, character, run.Next)))
            run.Kinds |= ByteBuckets.Encoded;

        _runs[set] = run;
    }

    private int NextAfterAll(int set, byte[] characters)
    {
        int next = Step(set, characters[0]);
        for (int i = 1; i < characters.Length; i++)
        {
            if (Step(set, characters[i]) != next)
                return Dead;
        }

        return next;
    }

    /// <summary>Whether the same set follows after each of some characters.</summary>
    private bool LeadsTo(int set, ReadOnlySpan<(byte First, byte Last)> character, int target)
    {
        if (character.IsEmpty)
            return set == target;

        int before = Dead;
        for (int b = character[0].First; b <= character[0].Last; b++)
        {
            int next = Step(set, (byte)b);
            if (next == Dead || (next != before && !LeadsTo(next, character[1..], target)))
                return false;
            before = next;
        }

        return true;
    }

    private struct Run
    {
        public bool IsMade;
        public int Next;
        public ulong Kinds;
    }
}
