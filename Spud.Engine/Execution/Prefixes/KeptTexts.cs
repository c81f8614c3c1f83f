using System.Runtime.InteropServices;

namespace Spud.Execution;

/// <summary>
/// Texts of requests that ended, kept in the pages in which they were computed until others need these: a request that begins like one of them continues it,
/// sharing its pages until one of the two writes into them. A text is used only as far as a request would have computed exactly the same keys itself:
/// the same ids and effort, and nothing dropped that it would see.
/// </summary>
/// <param name="pipeline">The pipeline.</param>
internal sealed class KeptTexts(PipelineParts pipeline)
{
    /// <summary>Maximum number of texts. The tables of one take some 10 kB in addition to its pages.</summary>
    public const int MaxTexts = 1_024;

    // Of many texts that continue the same beginning differently, a few are enough.
    private const int MaxCompared = 16;

    private readonly Dictionary<PrefixId, List<KeptText>> _blocks = [];
    private readonly List<KeptText> _texts = [];
    private readonly List<List<KeptText>> _matches = [];
    private long _time;

    public int Count => _texts.Count;

    /// <summary>Keeps the text of a sequence, which ends.</summary>
    /// <param name="sequence">A text without a fault, between two steps.</param>
    /// <param name="owner">Who may use it.</param>
    /// <param name="tokens">Number of its tokens, from the first on, that were computed as the owner's texts are read.</param>
    public void Keep(Sequence sequence, PrefixOwner owner, int tokens)
    {
        int length = LengthFor(sequence.Tables, sequence.Tokens, Math.Min(tokens, sequence.Tokens));
        if (length < PrefixId.BlockTokens)
        {
            sequence.Dispose();
            return;
        }

        sequence.Truncate(length);
        byte[] state = StateOf(sequence.Id);
        Add(new(owner, sequence.Ids.ToArray(), sequence.Detach(), state));
    }

    /// <summary>Keeps the text of a sequence that goes on: the pages are shared.</summary>
    /// <param name="sequence">A text of at least one block, all of it computed as the owner's texts are read; between two steps.</param>
    /// <param name="owner">Who may use it.</param>
    public void KeepBeginning(Sequence sequence, PrefixOwner owner)
    {
        PageTable[] tables = pipeline.Pages.NewTables(ReadOnlyMemory<int>.Empty, sequence.Id);
        for (int layer = 0; layer < tables.Length; layer++)
            sequence.Tables[layer].ForkInto(tables[layer]);

        Add(new(owner, sequence.Ids.ToArray(), tables, StateOf(sequence.Id)));
    }

    /// <summary>The kept text that saves the most reading; null if none does.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="ids">The ids to be read.</param>
    /// <param name="maxTokens">Maximum number of them that need not be read.</param>
    public PrefixMatch? Find(PrefixOwner owner, ReadOnlySpan<int> ids, int maxTokens)
    {
        _matches.Clear();
        PrefixId id = owner.Root;
        for (int from = 0; from + PrefixId.BlockTokens <= ids.Length && _blocks.Count > 0; from += PrefixId.BlockTokens)
        {
            id = id.Next(ids.Slice(from, PrefixId.BlockTokens));
            if (!_blocks.TryGetValue(id, out List<KeptText>? texts))
                break;

            _matches.Add(texts);
        }

        PrefixMatch? best = null;
        for (int i = _matches.Count - 1; i >= 0 && best is null; i--)
        {
            for (int j = _matches[i].Count - 1; j >= Math.Max(0, _matches[i].Count - MaxCompared); j--)
            {
                if (Match(_matches[i][j], owner, ids, maxTokens) is { } match && match.Tokens > (best?.Tokens ?? 0))
                    best = match;
            }
        }

        return best;
    }

    /// <summary>Fills an empty sequence with the beginning of a kept text.</summary>
    public void Restore(in PrefixMatch match, Sequence sequence)
    {
        KeptText text = match.Text;
        text.LastUse = ++_time;
        for (int layer = 0; layer < text.Tables.Length; layer++)
            text.Tables[layer].ForkInto(sequence.Tables[layer]);

        ReadOnlySpan<byte> state = text.State;
        foreach (TensorView view in pipeline.States.ViewsOf(sequence.Id))
        {
            state[..(int)view.Bytes].CopyTo(view.AsSpan<byte>());
            state = state[(int)view.Bytes..];
        }

        sequence.Append(text.Ids);
        sequence.Truncate(match.Tokens);
    }

    /// <summary>Drops the end of the text that has not been used for the longest time, or all of it. False if that would free nothing.</summary>
    public bool FreeSome()
    {
        KeptText? oldest = null;
        foreach (KeptText text in _texts)
        {
            if ((oldest is null || text.LastUse < oldest.LastUse) && text.HoldsPagesAlone)
                oldest = text;
        }

        if (oldest is null)
            return false;

        int shorter = (oldest.Tokens - Math.Max(PrefixId.BlockTokens, oldest.Tokens / 4)) / PrefixId.BlockTokens * PrefixId.BlockTokens;
        bool canBeCut = oldest.State.IsEmpty && LengthFor(oldest.Tables, oldest.Tokens, shorter) == shorter;
        Drop(oldest, canBeCut ? shorter : 0);
        return true;
    }

    /// <summary>Drops the texts of an owner.</summary>
    public void Forget(PrefixOwner owner)
    {
        for (int i = _texts.Count - 1; i >= 0; i--)
        {
            if (_texts[i].Owner == owner)
                Drop(_texts[i], 0);
        }
    }

    /// <summary>Drops all texts.</summary>
    public void Clear()
    {
        while (_texts.Count > 0)
            Drop(_texts[^1], 0);
    }

    /// <summary>Tokens for which only kept texts hold pages, in the layer in which those are the most.</summary>
    private long TokensKept()
    {
        long most = 0;
        foreach (LayerPages layer in pipeline.Pages.Layers)
        {
            if (layer.IsNone)
                continue;

            most = Math.Max(most, (long)layer.First.KeptPages * layer.First.PageTokens / layer.First.Tables);
        }

        return most;
    }

    private PrefixMatch? Match(KeptText text, PrefixOwner owner, ReadOnlySpan<int> ids, int maxTokens)
    {
        if (text.Owner != owner)
            return null;

        int common = text.Ids.CommonPrefixLength(ids);
        int tokens = LengthFor(text.Tables, text.Tokens, Math.Min(common, maxTokens));
        return tokens > 0 ? new(text, tokens, common) : null;
    }

    /// <summary>The length to which a text can be cut without reading anything again, at most <paramref name="shorter"/>; 0 if the cache has dropped what it would need.</summary>
    private int LengthFor(PageTable[] tables, int tokens, int shorter)
    {
        int length = pipeline.States.ReadAgainFrom(tokens, shorter);
        return pipeline.DroppedBy(tables, length) is null ? length : 0;
    }

    private void Add(KeptText text)
    {
        text.Keep();
        text.LastUse = ++_time;
        if (FindCovering(text) is { } longer)
        {
            longer.LastUse = text.LastUse;
            text.CutTo(0);
            return;
        }

        DropCovered(text);
        _texts.Add(text);
        foreach (PrefixId block in text.Blocks)
            (CollectionsMarshal.GetValueRefOrAddDefault(_blocks, block, out _) ??= []).Add(text);

        if (_texts.Count > MaxTexts)
            Drop(_texts.MinBy(static kept => kept.LastUse)!, 0);

        while (TokensKept() > pipeline.KeptTokens && FreeSome())
        {
        }
    }

    /// <summary>A kept text that begins with another one and can be cut to it.</summary>
    private KeptText? FindCovering(KeptText text) =>
        _blocks.GetValueOrDefault(text.Blocks[^1])?.Find(longer => longer.Owner == text.Owner && longer.Ids.StartsWith(text.Ids) && LengthFor(longer.Tables, longer.Tokens, text.Tokens) == text.Tokens);

    private void DropCovered(KeptText text)
    {
        foreach (PrefixId block in text.Blocks)
        {
            if (_blocks.GetValueOrDefault(block) is not { } texts)
                return;

            for (int i = texts.Count - 1; i >= 0; i--)
            {
                KeptText shorter = texts[i];
                if (shorter.Blocks[^1] == block && shorter.Owner == text.Owner && text.Ids.StartsWith(shorter.Ids) && LengthFor(text.Tables, text.Tokens, shorter.Tokens) == shorter.Tokens)
                    Drop(shorter, 0);
            }
        }
    }

    private void Drop(KeptText text, int tokens)
    {
        for (int block = tokens / PrefixId.BlockTokens; block < text.Blocks.Length; block++)
        {
            List<KeptText> texts = _blocks[text.Blocks[block]];
            texts.Remove(text);
            if (texts.Count == 0)
                _blocks.Remove(text.Blocks[block]);
        }

        if (tokens == 0)
            _texts.Remove(text);
        text.CutTo(tokens);
    }

    private byte[] StateOf(int sequence)
    {
        byte[] state = new byte[pipeline.States.ViewsOf(sequence).Sum(static view => view.Bytes)];
        int at = 0;
        foreach (TensorView view in pipeline.States.ViewsOf(sequence))
        {
            view.AsSpan<byte>().CopyTo(state.AsSpan(at));
            at += (int)view.Bytes;
        }

        return state;
    }
}
