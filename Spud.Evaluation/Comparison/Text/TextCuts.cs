using System.Buffers;
using System.Text;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// Finds where a text can be split so that its parts have the same ids as the whole: before the space between two words, or between a line break after
/// a visible character and a word. Pre-tokenisers split there in any case; a kind of place is used only if no token of the vocabulary
/// spans it, so that no merge can cross it either.
/// </summary>
internal sealed class TextCuts
{
    private readonly bool _spaces = true;
    private readonly bool _lines = true;

    public TextCuts(Tokenizer tokenizer)
    {
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            ReadOnlySpan<byte> bytes = tokenizer.BytesOf(id, renderSpecial: true);
            // A control token may take the space after it.
            _spaces &= !tokenizer.IsControl(id) || !EndsInLetter(bytes);
            for (int i = 0; i < bytes.Length; i++)
            {
                _spaces &= bytes[i] != ' ' || !EndsInLetter(bytes[..i]);
                _lines &= bytes[i] != '\n' || !BeginsWithWord(bytes[(i + 1)..]);
            }
        }
    }

    /// <summary>The last position at which these bytes can be split; 0 if there is none.</summary>
    public int Last(ReadOnlySpan<byte> utf8)
    {
        for (int cut = utf8.Length - 1; cut > 1; cut--)
        {
            bool space = _spaces && utf8[cut] == ' ' && EndsInLetter(utf8[..cut]) && BeginsWithWord(utf8[(cut + 1)..]);
            if (space || (_lines && utf8[cut - 1] == '\n' && EndsVisibly(utf8[..(cut - 1)]) && BeginsWithWord(utf8[cut..])))
                return cut;
        }

        return 0;
    }

    private static bool EndsInLetter(ReadOnlySpan<byte> utf8) => Rune.DecodeLastFromUtf8(utf8, out Rune last, out _) == OperationStatus.Done && Rune.IsLetter(last);

    private static bool EndsVisibly(ReadOnlySpan<byte> utf8) =>
        Rune.DecodeLastFromUtf8(utf8, out Rune last, out _) == OperationStatus.Done && !Rune.IsWhiteSpace(last) && !Rune.IsControl(last);

    private static bool BeginsWithWord(ReadOnlySpan<byte> utf8) => Rune.DecodeFromUtf8(utf8, out Rune first, out _) == OperationStatus.Done && Rune.IsLetterOrDigit(first);
}
