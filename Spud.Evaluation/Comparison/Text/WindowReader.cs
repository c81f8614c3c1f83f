using System.Runtime.InteropServices;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// The windows of a text, one after the other. As in llama-perplexity, each begins with BOS if the model adds one, and an incomplete last
/// window is dropped.
/// </summary>
internal sealed class WindowReader : IDisposable
{
    private readonly TokenStream _stream;
    private readonly WindowSettings _settings;
    private readonly int? _bos;
    private readonly List<int> _ids = [];
    private readonly long _bytes;
    private long _taken;

    public WindowReader(ComparedText text, Tokenizer tokenizer, TextCuts cuts, WindowSettings settings, bool parseSpecial)
    {
        (_stream, _settings, _bytes) = (new(text, tokenizer, cuts, parseSpecial), settings, text.Bytes);
        _bos = tokenizer.AddsBos ? tokenizer.Bos : null;
        if (_bos is { } bos)
            _ids.Add(bos);
    }

    /// <summary>Windows that were read.</summary>
    public int Windows { get; private set; }

    /// <summary>Share of the text in windows read so far, 0 to 1: bytes read, except those of ids still waiting.</summary>
    public double Done => (double)_stream.BytesDone / _bytes * _taken / Math.Max(_taken + _ids.Count, 1);

    /// <summary>Ids left over at the end of the text that do not fill a window.</summary>
    public int Rest => _ids.Count;

    /// <summary>The next window, written over <paramref name="window"/>; false at the end of the text.</summary>
    /// <param name="window">[<see cref="WindowSettings.Tokens"/>].</param>
    public bool Read(Span<int> window)
    {
        while (_ids.Count < _settings.Tokens)
        {
            if (!_stream.Read(_ids))
                return false;
        }

        CollectionsMarshal.AsSpan(_ids)[..window.Length].CopyTo(window);
        _ids.RemoveRange(0, _settings.Step);
        if (_bos is { } bos)
            window[0] = bos;

        (Windows, _taken) = (Windows + 1, _taken + _settings.Step);
        return true;
    }

    public void Dispose() => _stream.Dispose();
}
