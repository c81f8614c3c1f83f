using Spud.Execution;

namespace Spud.Host.Repl;

/// <summary>
/// The texts whose keys and values a pipeline holds for a session: the conversation, and one left behind by a branch or a replay.
/// A fork shares the pages of the common beginning. There are pages for one text of maximum length: if two do not fit, one is dropped.
/// </summary>
/// <param name="engine">An engine with two sequences.</param>
/// <param name="context">Maximum length of a text, in tokens.</param>
internal sealed class HeldTexts(Engine engine, int context) : IDisposable
{
    /// <summary>Number of sequences used.</summary>
    public const int Sequences = 2;

    private readonly Sequence?[] _held = new Sequence?[Sequences];

    /// <summary>Selects the text with the longest common beginning with a prompt and makes it the current one.</summary>
    /// <param name="prompt">Token ids of the prompt.</param>
    /// <param name="maxTokens">Maximum length of the answer.</param>
    public Sequence For(ReadOnlySpan<int> prompt, int maxTokens)
    {
        Forget(static sequence => sequence.Fault is not null);
        if (Common(_held[1], prompt) > Common(_held[0], prompt))
            (_held[0], _held[1]) = (_held[1], _held[0]);

        Sequence text = Cut(_held[0] ??= engine.Open(), prompt);
        if (_held[1] is not null && !HasRoomFor(text, prompt, maxTokens))
            Drop(1);

        return text;
    }

    /// <summary>Keeps a fork of the current text, so that the current one can be changed.</summary>
    public void KeepCopy()
    {
        Forget(static sequence => sequence.Fault is not null);
        Drop(1);
        _held[1] = _held[0]?.Fork();
    }

    /// <summary>
    /// A second text that shares the current one's common beginning with a prompt; valid until the next call. If there are pages for only
    /// one of them, it replaces the current one.
    /// </summary>
    /// <inheritdoc cref="For" path="/param"/>
    public Sequence Beside(ReadOnlySpan<int> prompt, int maxTokens)
    {
        KeepCopy();
        Sequence text = Cut(_held[1] ??= engine.Open(), prompt);
        if (!HasRoomFor(text, prompt, maxTokens))
        {
            (_held[0], _held[1]) = (_held[1], _held[0]);
            Drop(1);
        }

        return text;
    }

    /// <summary>Takes over the texts of the pipeline being replaced, whose keys and values are compatible.</summary>
    /// <param name="former">Its texts; not changed.</param>
    /// <param name="copiedBytes">Bytes of keys and values that were copied; 0 if they are shared in place.</param>
    /// <returns>Why that is impossible, so that the texts are read again; null if it was done.</returns>
    public string? TakeOver(HeldTexts former, out long copiedBytes)
    {
        copiedBytes = 0;
        for (int i = 0; i < _held.Length; i++)
        {
            if (former._held[i] is not { Fault: null } text)
                continue;

            // The second text only saves work.
            if ((_held[i] = engine.TakeOver(text, out long copied, out string? refusal)) is null && i == 0)
                return refusal;

            copiedBytes += copied;
        }

        return null;
    }

    /// <summary>The text that holds the beginning of some ids and nothing else; null if there is none.</summary>
    public Sequence? Holding(ReadOnlySpan<int> ids)
    {
        Forget(static sequence => sequence.Fault is not null);
        Sequence? text = Common(_held[1], ids) > Common(_held[0], ids) ? _held[1] : _held[0];
        int common = Math.Max(0, Common(text, ids));
        if (text is null || common < text.Tokens && !text.CanTruncate(common))
            return null;

        text.Truncate(common);
        return text;
    }

    /// <summary>Reads a text from a file and makes it the current one; the former one is kept beside it if there are pages for both.</summary>
    /// <param name="path">The file.</param>
    /// <param name="ids">The ids that it should begin with.</param>
    /// <param name="effort">The effort with which texts are read.</param>
    /// <returns>How many of the ids it holds; of a file with other ids nothing is kept.</returns>
    /// <exception cref="CacheFileException">The file is of another pipeline, or damaged.</exception>
    public int Restore(string path, ReadOnlySpan<int> ids, float effort)
    {
        Drop(1);
        if (engine.HasRoomFor(ids.Length))
            (_held[0], _held[1]) = (null, _held[0]);
        else
            Drop(0);

        _held[0] = CacheFile.Load(engine, path, effort);
        int common = Common(_held[0], ids);
        if (!_held[0]!.CanTruncate(common))
            common = 0;
        if (common == 0)
            Drop(0);

        return common;
    }

    /// <summary>How many tokens at the beginning of a prompt need not be read, because a text holds them.</summary>
    public int Held(ReadOnlySpan<int> prompt)
    {
        int held = 0;
        foreach (Sequence? text in _held)
        {
            if (text is { Fault: null } && text.Ids.CommonPrefixLength(prompt) is int common && text.CanTruncate(common))
                held = Math.Max(held, common);
        }

        return held;
    }

    /// <summary>Length of the longest text.</summary>
    public int Tokens => _held.Max(text => text?.Tokens ?? 0);

    /// <summary>Drops all texts; they are read again when needed.</summary>
    public void Clear() => Forget(static _ => true);

    public void Dispose() => Clear();

    // A sequence on which a component failed cannot be continued.
    private void Forget(Func<Sequence, bool> which)
    {
        for (int i = 0; i < _held.Length; i++)
        {
            if (_held[i] is not { } sequence || !which(sequence))
                continue;

            sequence.Dispose();
            _held[i] = null;
        }
    }

    private void Drop(int which)
    {
        _held[which]?.Dispose();
        _held[which] = null;
    }

    private bool HasRoomFor(Sequence text, ReadOnlySpan<int> prompt, int maxTokens) =>
        engine.HasRoomFor((int)Math.Min(prompt.Length + (long)maxTokens, context) - text.Tokens);

    // As in a request, which always reads the last token.
    private static Sequence Cut(Sequence text, ReadOnlySpan<int> prompt)
    {
        int common = text.Ids.CommonPrefixLength(prompt[..^1]);
        text.Truncate(text.CanTruncate(common) ? common : 0);
        return text;
    }

    private static int Common(Sequence? sequence, ReadOnlySpan<int> prompt) => sequence?.Ids.CommonPrefixLength(prompt) ?? -1;
}
