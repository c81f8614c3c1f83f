using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>A text that is kept after its request: ids, pages, and components' states of it. It uses no sequence of the pipeline.</summary>
/// <param name="owner">Who may use it.</param>
/// <param name="ids">The ids.</param>
/// <param name="tables">[L]: its pages.</param>
/// <param name="state">States of components, as in <see cref="SequenceStates.ViewsOf"/>; empty if none keeps any.</param>
internal sealed class KeptText(PrefixOwner owner, int[] ids, PageTable[] tables, byte[] state)
{
    public PrefixOwner Owner => owner;

    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Tokens);

    public int Tokens { get; private set; } = ids.Length;

    public PageTable[] Tables => tables;

    public ReadOnlySpan<byte> State => state;

    /// <summary>Identities of its beginnings of 1, 2, … blocks.</summary>
    public ImmutableArray<PrefixId> Blocks { get; private set; } = Chain(owner.Root, ids);

    /// <summary>When it was last used.</summary>
    public long LastUse { get; set; }

    /// <summary>Whether any of its pages would become free if all kept texts were dropped.</summary>
    public bool HoldsPagesAlone
    {
        get
        {
            foreach (PageTable table in tables)
            {
                if (table.HoldsKeptPagesAlone)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Marks its pages as kept.</summary>
    public void Keep()
    {
        foreach (PageTable table in tables)
            table.Keep();
    }

    /// <summary>Shortens the text; all of it if <paramref name="tokens"/> is 0.</summary>
    public void CutTo(int tokens)
    {
        foreach (PageTable table in tables)
            table.Unkeep();
        foreach (PageTable table in tables)
        {
            if (tokens == 0)
                table.Clear();
            else
                table.Truncate(tokens);
        }

        Tokens = tokens;
        Blocks = Blocks[..(tokens / PrefixId.BlockTokens)];
        if (tokens > 0)
            Keep();
    }

    private static ImmutableArray<PrefixId> Chain(PrefixId id, ReadOnlySpan<int> ids)
    {
        ImmutableArray<PrefixId>.Builder blocks = ImmutableArray.CreateBuilder<PrefixId>(ids.Length / PrefixId.BlockTokens);
        for (int block = 0; block < blocks.Capacity; block++)
            blocks.Add(id = id.Next(ids.Slice(block * PrefixId.BlockTokens, PrefixId.BlockTokens)));

        return blocks.MoveToImmutable();
    }
}
