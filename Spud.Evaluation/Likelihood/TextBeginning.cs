using System.Text;
using Spud.Evaluation.Comparison;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Likelihood;

/// <summary>Encodes the beginning of a text, without encoding more of a long text than needed.</summary>
public static class TextBeginning
{
    private const int EncodedAtOnce = 1 << 20;

    /// <summary>The first ids of a text, including BOS if the model adds one.</summary>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="text">The text.</param>
    /// <param name="maxTokens">Maximum number of ids.</param>
    /// <param name="parseSpecial">Whether the text of a control token is that token.</param>
    /// <exception cref="ComparisonException">A long text is blank or cannot be split.</exception>
    public static int[] Ids(Tokenizer tokenizer, string text, int maxTokens, bool parseSpecial)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= EncodedAtOnce)
        {
            int[] all = tokenizer.Encode(text, addSpecial: true, parseSpecial);
            return all.Length > maxTokens ? all[..maxTokens] : all;
        }

        using TokenStream stream = new(ComparedText.OfBytes("the text", Encoding.UTF8.GetBytes(text)), tokenizer, new(tokenizer), parseSpecial);
        List<int> ids = [];
        while (ids.Count < maxTokens && stream.Read(ids))
        {
            if (tokenizer is { AddsBos: true, Bos: { } bos } && ids[0] != bos)
                ids.Insert(0, bos);
        }

        return [.. ids.Take(maxTokens)];
    }
}
