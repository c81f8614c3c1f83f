using System.Runtime.InteropServices;
using Spud.Runtime.Tokenization;

namespace Spud.Runtime.Comparison;

/// <summary>The windows of a text, one after the other. As in llama-perplexity the first token of each is BOS where the model wants one, and what does not fill a window is left out.</summary>
internal sealed class WindowReader : IDisposable
{
    private readonly TokenStream _stream;
    private readonly WindowSettings _settings;
    private readonly int? _bos;
    private readonly List<int> _ids = [];

    public WindowReader(ComparedText text, Tokenizer tokenizer, TextCuts cuts, WindowSettings settings)
    {
        (_stream, _settings) = (new(text, tokenizer, cuts), settings);
        _bos = tokenizer.AddsBos ? tokenizer.Bos : null;
        if (_bos is { } bos)
            _ids.Add(bos);
    }

    /// <summary>Windows that were read.</summary>
    public int Windows { get; private set; }

    /// <summary>Bytes of the text that were read so far.</summary>
    public long BytesDone => _stream.BytesDone;

    /// <summary>Ids that were read and make no window any more, once the text has ended.</summary>
    public int Rest => _ids.Count;

    /// <summary>The next window, written over <paramref name="window"/>; false: the text has ended.</summary>
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

        Windows++;
        return true;
    }

    public void Dispose() => _stream.Dispose();
}
