using System.Text;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>The ids of a text, read piece by piece: the same ids as those of the whole.</summary>
/// <param name="text">Read once, from its beginning.</param>
/// <param name="tokenizer">The model's.</param>
/// <param name="cuts">Of the tokenizer.</param>
/// <param name="parseSpecial">Whether the text of a control token is that token.</param>
/// <param name="pieceBytes">Bytes read at once.</param>
internal sealed class TokenStream(ComparedText text, Tokenizer tokenizer, TextCuts cuts, bool parseSpecial, int pieceBytes = TokenStream.PieceBytes) : IDisposable
{
    /// <summary>Bytes read at once; doubled while a piece cannot be split.</summary>
    public const int PieceBytes = 1 << 16;

    private const int LongestPiece = 16 << 20;

    private readonly Stream _stream = text.Open();
    private byte[] _bytes = new byte[pieceBytes];
    private int _filled;
    private bool _ended;
    private bool _begun;
    private bool _followsSpecial = true;

    /// <summary>Bytes whose ids have been handed out.</summary>
    public long BytesDone { get; private set; }

    /// <summary>Appends the ids of the next piece; false at the end of the text.</summary>
    /// <exception cref="ComparisonException">The text cannot be split within the maximum piece size.</exception>
    public bool Read(List<int> ids)
    {
        int length = Fill();
        if (length == 0)
            return false;

        int mark = !_begun && _bytes.AsSpan(0, length).StartsWith("\uFEFF"u8) ? 3 : 0;
        _followsSpecial = tokenizer.EncodePiece(Encoding.UTF8.GetString(_bytes, mark, length - mark), _followsSpecial, ids, parseSpecial);
        _bytes.AsSpan(length, _filled - length).CopyTo(_bytes);
        (_filled, _begun, BytesDone) = (_filled - length, true, BytesDone + length);
        return true;
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Reads on until there is a piece; its length.</summary>
    private int Fill()
    {
        while (true)
        {
            while (_filled < _bytes.Length && !_ended)
            {
                int read = _stream.Read(_bytes, _filled, _bytes.Length - _filled);
                (_filled, _ended) = (_filled + read, read == 0);
            }

            int cut = _ended ? _filled : cuts.Last(_bytes.AsSpan(0, _filled));
            if (cut > 0 || _ended)
                return cut;
            if (_bytes.Length >= LongestPiece)
                throw new ComparisonException($"{text.Name}: {LongestPiece >> 20} MiB from offset {BytesDone} on without a line break or a space between words: this does not look like text.");

            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }
    }
}
