using Spud.Execution;

namespace Spud.Host.Repl;

/// <summary>
/// The texts whose keys and values a pipeline holds for a session: the conversation, and one that was left by a branch or a replay. A fork
/// shares the pages of what both have in common.
/// </summary>
/// <param name="engine">With room for two sequences.</param>
internal sealed class HeldTexts(Engine engine) : IDisposable
{
    /// <summary>Sequences that it takes.</summary>
    public const int Sequences = 2;

    private readonly Sequence?[] _held = new Sequence?[Sequences];

    /// <summary>The text that has most in common with a prompt; it is the current one from now on.</summary>
    public Sequence For(ReadOnlySpan<int> prompt)
    {
        Forget(static sequence => sequence.Fault is not null);
        if (Common(_held[1], prompt) > Common(_held[0], prompt))
            (_held[0], _held[1]) = (_held[1], _held[0]);

        return _held[0] ??= engine.Open();
    }

    /// <summary>Keeps the current text as it is, beside the one that goes on from it.</summary>
    public void KeepCopy() => Copy();

    /// <summary>A text beside the current one with the same beginning, to be continued in another way; valid until the next copy.</summary>
    public Sequence Copy()
    {
        Forget(static sequence => sequence.Fault is not null);
        _held[1]?.Dispose();
        _held[1] = null;
        return _held[1] = _held[0]?.Fork() ?? engine.Open();
    }

    /// <summary>Takes over the texts of another pipeline whose keys and values mean the same; false: they cannot be copied, and are read again.</summary>
    public bool TakeOver(HeldTexts former)
    {
        for (int i = 0; i < _held.Length; i++)
        {
            if (former._held[i] is { Fault: null } text && (_held[i] = engine.Copy(text)) is null)
                return false;
        }

        return true;
    }

    /// <summary>Length of the longest text.</summary>
    public int Tokens => _held.Max(text => text?.Tokens ?? 0);

    public void Dispose() => Forget(static _ => true);

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

    private static int Common(Sequence? sequence, ReadOnlySpan<int> prompt) => sequence?.Ids.CommonPrefixLength(prompt) ?? -1;
}
