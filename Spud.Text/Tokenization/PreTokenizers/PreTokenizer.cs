namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>Splits a text into the words that byte-level BPE encodes one by one: a chain of patterns, each splitting the pieces of the previous one.</summary>
internal sealed class PreTokenizer(Splitter[] splitters)
{
    /// <summary>Whether a word that is a token is used as is, without merging.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>Whether a text begins with BOS unless the file says otherwise.</summary>
    public bool AddsBos { get; init; }

    /// <summary>The ends of the words of <paramref name="text"/>, in code points, ascending; the last is the text's.</summary>
    public List<int> Split(ClassifiedText text)
    {
        var ends = new List<int> { text.Length };
        var next = new List<int>();
        foreach (Splitter splitter in splitters)
        {
            next.Clear();
            int start = 0;
            foreach (int end in ends)
            {
                splitter.Split(text[start, end], start, next);
                start = end;
            }

            (ends, next) = (next, ends);
        }

        return ends;
    }
}
