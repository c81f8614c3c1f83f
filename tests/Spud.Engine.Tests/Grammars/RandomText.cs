using System.Text;
using Spud.Text.Grammars;

namespace Spud.Tests.Grammars;

/// <summary>Random texts of a grammar: some random bytes, and then the shortest way to an end.</summary>
internal static class RandomText
{
    public static string Of(Grammar grammar, Random random)
    {
        StackSets sets = new(grammar.Automaton);
        int set = sets.Start;
        List<byte> text = [];
        for (int length = random.Next(40); sets.CanContinue(set) && text.Count < length;)
        {
            byte[] next = [.. Next(sets, set)];
            text.Add(next[random.Next(next.Length)]);
            set = sets.Step(set, text[^1]);
        }

        return Encoding.UTF8.GetString([.. text, .. Ending(sets, set)]);
    }

    /// <summary>The shortest way to an end.</summary>
    private static IEnumerable<byte> Ending(StackSets sets, int from)
    {
        Dictionary<int, (int Before, byte By)> reached = new() { [from] = default };
        Queue<int> open = new([from]);
        while (open.TryDequeue(out int set))
        {
            if (sets.MayEnd(set))
            {
                List<byte> path = [];
                for (; set != from; set = reached[set].Before)
                    path.Insert(0, reached[set].By);
                return path;
            }

            foreach (byte b in Next(sets, set))
            {
                if (reached.TryAdd(sets.Step(set, b), (set, b)))
                    open.Enqueue(sets.Step(set, b));
            }
        }

        throw new InvalidOperationException("The text has no end.");
    }

    private static IEnumerable<byte> Next(StackSets sets, int set) => Enumerable.Range(0, 256).Select(b => (byte)b).Where(b => sets.Step(set, b) != StackSets.Dead);
}
