using Spud.Execution;

namespace Spud.Host.Repl;

/// <summary>
/// The texts whose keys and values a pipeline holds for a session: the conversation, and one that was left by a branch or a replay. A fork
/// shares the pages of what both have in common. There are pages for one text at its longest: where two find no room, one of them goes.
/// </summary>
/// <param name="engine">With two sequences.</param>
/// <param name="context">Longest text.</param>
internal sealed class HeldTexts(Engine engine, int context) : IDisposable
{
    /// <summary>Sequences that it takes.</summary>
    public const int Sequences = 2;

    private readonly Sequence?[] _held = new Sequence?[Sequences];

    /// <summary>The text that has most in common with a prompt; it is the current one from now on.</summary>
    /// <param name="prompt">What it is to be continued to.</param>
    /// <param name="maxTokens">Length of the answer at most.</param>
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

    /// <summary>Keeps the current text as it is, beside the one that goes on from it.</summary>
    public void KeepCopy()
    {
        Forget(static sequence => sequence.Fault is not null);
        Drop(1);
        _held[1] = _held[0]?.Fork();
    }

    /// <summary>
    /// A text beside the current one, with what that has in common with a prompt, to be continued in another way; valid until the next one. Where
    /// there are pages for one of the two alone, it takes the place of the current one.
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

    /// <summary>Takes over the texts of a pipeline that is exchanged, and whose keys and values mean the same.</summary>
    /// <param name="former">Its texts; they stay as they are.</param>
    /// <param name="copiedBytes">Bytes of keys and values that were copied; 0: they stay where they lie.</param>
    /// <returns>Whether that can be done; else the texts are read again.</returns>
    public bool TakeOver(HeldTexts former, out long copiedBytes)
    {
        copiedBytes = 0;
        for (int i = 0; i < _held.Length; i++)
        {
            if (former._held[i] is not { Fault: null } text)
                continue;

            // The second one is only there to save work.
            if ((_held[i] = engine.TakeOver(text, out long copied)) is null && i == 0)
                return false;

            copiedBytes += copied;
        }

        return true;
    }

    /// <summary>Length of the longest text.</summary>
    public int Tokens => _held.Max(text => text?.Tokens ?? 0);

    /// <summary>Lets go of all texts: they are read again.</summary>
    public void Clear() => Forget(static _ => true);

    public void Dispose() => Clear();

    // One on which a component failed takes nothing more.
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

    // As a request does it, which reads the last token in any case.
    private static Sequence Cut(Sequence text, ReadOnlySpan<int> prompt)
    {
        int common = text.Ids.CommonPrefixLength(prompt[..^1]);
        text.Truncate(text.CanTruncate(common) ? common : 0);
        return text;
    }

    private static int Common(Sequence? sequence, ReadOnlySpan<int> prompt) => sequence?.Ids.CommonPrefixLength(prompt) ?? -1;
}
