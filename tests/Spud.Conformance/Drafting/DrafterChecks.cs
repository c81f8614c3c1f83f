using Xunit;

namespace Spud.Conformance.Drafting;

/// <summary>The suite of drafters, over anything that makes one.</summary>
internal static class DrafterChecks
{
    public static void Drafts_are_in_form(Func<DrafterBuild, IDrafter> create)
    {
        using DrafterRig rig = new(create);
        Assert.InRange(rig.MaxTokens, 1, Draft.MaxTokensOfAny);
        foreach ((int sequence, int[] text, float temperature) in Texts(rig.Vocabulary, seed: 1))
        {
            // What is added is checked by the draft itself, which throws.
            for (int maxTokens = 1; maxTokens <= rig.MaxTokens; maxTokens++)
                rig.Propose(sequence, text, maxTokens, temperature);
        }
    }

    public static void A_draft_depends_on_its_text_alone(Func<DrafterBuild, IDrafter> create)
    {
        using DrafterRig rig = new(create);
        int step = 0;
        foreach ((int sequence, int[] text, float temperature) in Texts(rig.Vocabulary, seed: 2))
        {
            rig.Propose(sequence, text, rig.MaxTokens, temperature);
            if (++step % 7 != 0)
                continue;

            using DrafterRig fresh = new(create);
            fresh.Propose(0, text, rig.MaxTokens, temperature);
            Assert.True(fresh.Written() == rig.Written(), $"the draft of a text of {text.Length} tokens in sequence {sequence} is {Name(rig)}; a new drafter that sees only this text gives {Name(fresh)}");
        }

        static string Name(DrafterRig rig) => rig.Draft.Count == 0 ? "empty" : rig.Written();
    }

    public static void A_draft_allocates_nothing(Func<DrafterBuild, IDrafter> create)
    {
        using DrafterRig rig = new(create);
        (int sequence, int[] text, float temperature)[] texts = [.. Texts(rig.Vocabulary, seed: 3)];
        int[] longest = texts.MaxBy(static text => text.text.Length).text;
        for (int sequence = 0; sequence < DrafterRig.Sequences; sequence++)
            rig.Propose(sequence, longest, rig.MaxTokens, 1);

        long least = long.MaxValue;
        for (int length = longest.Length - 50; length < longest.Length; length++)
        {
            int[] text = longest[..length];
            long before = GC.GetAllocatedBytesForCurrentThread();
            rig.Propose(1, text, length - 1, 1, rig.MaxTokens);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(least == 0, $"a draft allocates {least} bytes of managed memory, expected 0");
    }

    /// <summary>Texts of several sequences, which grow, repeat themselves, go back and end.</summary>
    private static IEnumerable<(int Sequence, int[] Text, float Temperature)> Texts(int vocabulary, int seed)
    {
        Random random = new(seed);
        List<int>[] texts = [.. Enumerable.Range(0, DrafterRig.Sequences).Select(static _ => new List<int> { 1 })];
        for (int step = 0; step < 400; step++)
        {
            int sequence = random.Next(texts.Length);
            List<int> text = texts[sequence];
            int left = random.Next(40) == 0 ? 1 : random.Next(6) == 0 ? Math.Max(1, text.Count - random.Next(12)) : text.Count;
            text.RemoveRange(left, text.Count - left);
            Grow(text, random, Math.Min(vocabulary, 8));
            yield return (sequence, [.. text], step % 3 == 0 ? 0 : 0.8f);
        }
    }

    private static void Grow(List<int> text, Random random, int alphabet)
    {
        int length = random.Next(1, 12);
        if (random.Next(2) == 0 && text.Count > 20)
        {
            int from = random.Next(text.Count - length);
            text.AddRange(text.GetRange(from, length));
            return;
        }

        for (int i = 0; i < length; i++)
            text.Add(random.Next(alphabet));
    }
}
